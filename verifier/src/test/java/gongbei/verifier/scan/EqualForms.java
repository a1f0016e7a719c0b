package gongbei.verifier.scan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes JSON as CBOR in one, drawn by chance, of all the forms that RFC 8949 gives the same
 * meaning: heads longer than need be (§4.1), indefinite lengths (§3.2), bignums for integers
 * (§3.4.3), keys in any order, tags (§3.4) that leave an item what it is. A {@link POJONode} of
 * bytes is written as it is.
 */
final class EqualForms {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;
  private static final int BREAK = 0xFF;

  /** Self-described CBOR, a date's days, base64url, one that nobody has registered. */
  private static final long[] TAGS = {55_799, 100, 21, 1_000_000_007L};

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private EqualForms(Random random) {
    this.random = random;
  }

  /** The shortest form that there is, keys in the order of the JSON. */
  static byte[] plain(JsonNode node) {
    final EqualForms forms = new EqualForms(null);
    forms.write(node);
    return forms.out.toByteArray();
  }

  /** Any form. */
  static byte[] any(JsonNode node, Random random) {
    final EqualForms forms = new EqualForms(random);
    forms.write(node);
    return forms.out.toByteArray();
  }

  /** A CWT of those times that holds the certificate. */
  static byte[] claims(byte[] certificate, long iat, long exp, Random random) {
    final EqualForms forms = new EqualForms(random);
    final List<Runnable> claims = new ArrayList<>();
    claims.add(() -> forms.integers(1, () -> forms.writeText("XX")));
    claims.add(() -> forms.integers(4, () -> forms.integer(exp)));
    claims.add(() -> forms.integers(6, () -> forms.integer(iat)));
    claims.add(
        () ->
            forms.integers(
                -260,
                () -> {
                  forms.tag();
                  final boolean indefinite = forms.flip();
                  forms.open(MAP, 1, indefinite);
                  forms.integers(1, () -> forms.out.writeBytes(certificate));
                  forms.close(indefinite);
                }));
    forms.shuffle(claims);
    final boolean indefinite = forms.flip();
    forms.open(MAP, claims.size(), indefinite);
    claims.forEach(Runnable::run);
    forms.close(indefinite);
    return forms.out.toByteArray();
  }

  private void integers(long key, Runnable value) {
    integer(key);
    value.run();
  }

  private boolean flip() {
    return random != null && random.nextInt(3) == 0;
  }

  private void shuffle(List<?> items) {
    if (random != null) {
      Collections.shuffle(items, random);
    }
  }

  private void write(JsonNode node) {
    if (node instanceof POJONode raw) {
      out.writeBytes((byte[]) raw.getPojo());
      return;
    }
    switch (node.getNodeType()) {
      case OBJECT -> writeMap(node);
      case ARRAY -> {
        tag();
        final boolean indefinite = flip();
        open(ARRAY, node.size(), indefinite);
        node.forEach(this::write);
        close(indefinite);
      }
      case STRING -> writeText(node.textValue());
      case NUMBER -> {
        tag();
        integer(node.longValue());
      }
      case NULL -> out.write(0xF6);
      default -> throw new IllegalArgumentException("holds a " + node.getNodeType());
    }
  }

  private void writeMap(JsonNode node) {
    tag();
    final boolean indefinite = flip();
    open(MAP, node.size(), indefinite);
    final List<Map.Entry<String, JsonNode>> members = new ArrayList<>(node.properties());
    shuffle(members);
    for (final Map.Entry<String, JsonNode> member : members) {
      writeText(member.getKey());
      write(member.getValue());
    }
    close(indefinite);
  }

  private void writeText(String text) {
    tag();
    if (!flip()) {
      string(TEXT, text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    out.write(TEXT << 5 | 31);
    int at = 0;
    while (at < text.length() || random.nextInt(3) == 0) {
      final int end = at + random.nextInt(text.length() - at + 1);
      string(TEXT, text.substring(at, end).getBytes(StandardCharsets.UTF_8));
      at = end;
    }
    out.write(BREAK);
  }

  private void integer(long value) {
    if (!flip()) {
      head(value < 0 ? NEGATIVE : UNSIGNED, value < 0 ? ~value : value);
      return;
    }
    head(TAG, value < 0 ? 3 : 2);
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[random.nextInt(3)]);
    final long magnitude = value < 0 ? ~value : value;
    for (int shift = 56; shift >= 0; shift -= 8) {
      if (magnitude >>> shift != 0) {
        bytes.write((int) (magnitude >>> shift));
      }
    }
    if (flip()) {
      out.write(BYTES << 5 | 31);
      for (final byte each : bytes.toByteArray()) {
        string(BYTES, new byte[] {each});
      }
      out.write(BREAK);
    } else {
      string(BYTES, bytes.toByteArray());
    }
  }

  private void string(int major, byte[] bytes) {
    head(major, bytes.length);
    out.writeBytes(bytes);
  }

  private void tag() {
    if (flip()) {
      head(TAG, TAGS[random.nextInt(TAGS.length)]);
    }
  }

  private void open(int major, int count, boolean indefinite) {
    if (indefinite) {
      out.write(major << 5 | 31);
    } else {
      head(major, count);
    }
  }

  private void close(boolean indefinite) {
    if (indefinite) {
      out.write(BREAK);
    }
  }

  private void head(int major, long argument) {
    int size = 0;
    if (argument > 0xFFFFFFFFL) {
      size = 4;
    } else if (argument > 0xFFFF) {
      size = 3;
    } else if (argument > 0xFF) {
      size = 2;
    } else if (argument >= 24) {
      size = 1;
    }
    while (size < 4 && flip()) {
      size++;
    }
    if (size == 0) {
      out.write(major << 5 | (int) argument);
      return;
    }
    out.write(major << 5 | (23 + size));
    for (int shift = 8 * (1 << (size - 1)) - 8; shift >= 0; shift -= 8) {
      out.write((int) (argument >>> shift));
    }
  }
}
