package gongbei.codec.issue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.cbor.CborWriter;
import gongbei.codec.code.Base45;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;

/**
 * Issues EU Digital COVID Certificates ({@code HC1}, hcert specification §3 and §4) for tests and
 * demonstrations. For any thread.
 */
public final class HcertIssuer {
  private static final int CLAIM_HCERT = -260;

  private final String issuer;
  private final CoseSign1Writer cose;

  public HcertIssuer(SigningKey key) {
    if (!key.issuerKey().formats().contains(CodeFormat.HC1)) {
      throw new IllegalArgumentException("key " + key.issuerKey().kidHex() + " does not sign HC1");
    }
    this.issuer = key.issuerKey().issuer();
    this.cose = new CoseSign1Writer(new CodeSigner(key));
  }

  /**
   * Issues one certificate.
   *
   * @param certificate the EU's JSON schema's object
   */
  public String issue(JsonNode certificate, long issuedAtEpochSeconds, long expiresAtEpochSeconds) {
    final byte[] scratch = new byte[CodeLimits.MAX_INFLATED_BYTES];
    final CborWriter writer = new CborWriter(scratch);
    writer
        .writeMapHeader(4)
        .writeInt(1)
        .writeText(issuer)
        .writeInt(4)
        .writeInt(expiresAtEpochSeconds)
        .writeInt(6)
        .writeInt(issuedAtEpochSeconds)
        .writeInt(CLAIM_HCERT)
        .writeMapHeader(1)
        .writeInt(1);
    write(certificate, writer);
    final byte[] signed = cose.sign(scratch, writer.position());
    final byte[] compressed = compress(signed);
    return CodeFormat.HC1.prefix() + Base45.encode(compressed, 0, compressed.length);
  }

  private static void write(JsonNode node, CborWriter writer) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        writer.writeMapHeader(node.size());
        for (final Map.Entry<String, JsonNode> entry : node.properties()) {
          writer.writeText(entry.getKey());
          write(entry.getValue(), writer);
        }
      }
      case ARRAY -> {
        writer.writeArrayHeader(node.size());
        node.forEach(item -> write(item, writer));
      }
      case STRING -> writer.writeText(node.textValue());
      case BOOLEAN -> writer.writeBoolean(node.booleanValue());
      case NULL -> writer.writeNull();
      case NUMBER -> writer.writeInt(node.longValue());
      default -> throw new IllegalArgumentException("certificate holds a " + node.getNodeType());
    }
  }

  private static byte[] compress(byte[] bytes) {
    final ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (DeflaterOutputStream zlib = new DeflaterOutputStream(compressed)) {
      zlib.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
