package gongbei.codec.transparency;

import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.codec.trust.IssuerKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A signed tree head: a checkpoint as a signed note (C2SP signed-note), which monitors and
 * witnesses of other logs read too. The key is the region's, so the signature is raw r‖s of 64
 * bytes by SM2 or ES256; its type is the one that signed-note keeps for types without a number of
 * their own.
 *
 * @param head what is signed
 * @param note the whole note
 */
public record SignedHead(TreeHead head, String note) {
  /** The most characters of a note, with whatever witnesses have signed it too. */
  public static final int MAX_CHARACTERS = 16_384;

  private static final String DASH = "\u2014 ";
  private static final String KEY_TYPE = "\n\u00ffgongbei/region-key";
  private static final int KEY_ID_BYTES = 4;
  private static final int SIGNATURE_BYTES = 64;

  /**
   * Signs a head.
   *
   * @throws gongbei.codec.trust.TokenException when a token does not sign
   */
  public static SignedHead sign(TreeHead head, CodeSigner signer) {
    final byte[] signed = head.signedBytes();
    final byte[] line =
        ByteBuffer.allocate(KEY_ID_BYTES + SIGNATURE_BYTES)
            .put(keyId(head.origin(), signer.key().issuerKey().kid()))
            .put(signer.sign(signed, 0, signed.length))
            .array();
    return new SignedHead(
        head,
        head.text()
            + "\n"
            + DASH
            + head.origin()
            + " "
            + Base64.getEncoder().encodeToString(line)
            + "\n");
  }

  /**
   * Reads a note without regard to who signed it.
   *
   * @throws TransparencyException where it is none
   */
  public static SignedHead of(String note) throws TransparencyException {
    final int end = note.indexOf("\n\n");
    if (note.length() > MAX_CHARACTERS || end < 0 || !note.endsWith("\n")) {
      throw TreeHead.malformed("is no note with a signature");
    }
    return new SignedHead(TreeHead.of(note.substring(0, end + 1)), note);
  }

  /** Reads a note that must be signed by one key: see {@link #verified(String, List)}. */
  public static SignedHead verified(String note, IssuerKey key) throws TransparencyException {
    return verified(note, List.of(key));
  }

  /**
   * Reads a note and requires that it is signed by a key of its region that was valid when it was.
   *
   * @param keys those that are believed, as a region has one after the other
   * @throws TransparencyException where it is not
   */
  public static SignedHead verified(String note, List<IssuerKey> keys)
      throws TransparencyException {
    final SignedHead signed = of(note);
    for (final IssuerKey key : keys) {
      final Optional<byte[]> line = signed.lineOf(key);
      if (line.isPresent() && signed.head.region().filter(key::signsFor).isPresent()) {
        signed.require(key, line.get());
        return signed;
      }
    }
    throw new TransparencyException(
        Reason.HEAD_KEY_UNKNOWN,
        "the head of "
            + signed.head.origin()
            + " has no signature by a key of its region among those given");
  }

  private void require(IssuerKey key, byte[] line) throws TransparencyException {
    final byte[] text = head.signedBytes();
    if (!new BouncyCastleEngine()
        .verify(key, text, 0, text.length, line, KEY_ID_BYTES, SIGNATURE_BYTES)) {
      throw new TransparencyException(
          Reason.HEAD_SIGNATURE_BAD,
          "the signature of the head is not that of the key " + key.kidHex());
    }
    if (!key.isValidAt(head.epochSeconds())) {
      throw new TransparencyException(
          Reason.HEAD_KEY_UNKNOWN,
          "the key " + key.kidHex() + " was not valid when the head was signed");
    }
  }

  /** The key's line: its id and the signature; empty where there is none. */
  private Optional<byte[]> lineOf(IssuerKey key) throws TransparencyException {
    final String opening = DASH + head.origin() + " ";
    final byte[] id = keyId(head.origin(), key.kid());
    for (final String each : note.substring(head.text().length() + 1).split("\n", -1)) {
      if (!each.startsWith(opening)) {
        continue;
      }
      final String text = each.substring(opening.length());
      final byte[] line;
      try {
        line = Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        throw TreeHead.malformed("has a signature that is not base64");
      }
      if (!Base64.getEncoder().encodeToString(line).equals(text)) {
        throw TreeHead.malformed("has a signature that is not written as base64 is");
      }
      if (line.length == KEY_ID_BYTES + SIGNATURE_BYTES
          && Arrays.equals(id, 0, KEY_ID_BYTES, line, 0, KEY_ID_BYTES)) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  /** By signed-note: of the name, the type and what is the key's alone. */
  private static byte[] keyId(String name, long kid) {
    final MessageDigest sha256 = TreeHash.newSha256();
    sha256.update(name.getBytes(StandardCharsets.UTF_8));
    sha256.update(KEY_TYPE.getBytes(StandardCharsets.ISO_8859_1));
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(kid).array());
    return Arrays.copyOf(sha256.digest(), KEY_ID_BYTES);
  }
}
