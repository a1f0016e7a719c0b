package gongbei.bench.peer;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.util.io.pem.PemReader;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Mints {@code GD1:} codes with the SM2 key of the trusted directory, one by one, by Bouncy Castle.
 */
@Component
class Minter {
  private static final CBORFactory CBOR = new CBORFactory();
  private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  private static final int ALGORITHM_SM2 = -65537;
  private static final int CLAIM_HEALTH = -65537;
  private static final int SIGN1_TAG = 18;
  private static final int SERIAL_BYTES = 8;

  private final ECPrivateKeyParameters key;
  private final byte[] header;
  private final SecureRandom random = new SecureRandom();

  Minter(@Value("${trust}") Path directory) throws IOException {
    final Path file = keyFile(directory);
    final PrivateKeyInfo info;
    try (PemReader reader = new PemReader(Files.newBufferedReader(file))) {
      info = PrivateKeyInfo.getInstance(reader.readPemObject().getContent());
    }
    final BigInteger secret = ECPrivateKey.getInstance(info.parsePrivateKey()).getKey();
    key =
        new ECPrivateKeyParameters(
            secret,
            new ECDomainParameters(CustomNamedCurves.getByOID(GMObjectIdentifiers.sm2p256v1)));
    final String name = file.getFileName().toString();
    final long kid =
        Long.parseUnsignedLong(name.substring(name.indexOf('-') + 1, name.indexOf('.')), 16);
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (CBORGenerator cbor = CBOR.createGenerator(bytes)) {
      cbor.writeStartObject(null, 2);
      cbor.writeFieldId(1);
      cbor.writeNumber(ALGORITHM_SM2);
      cbor.writeFieldId(4);
      cbor.writeBinary(ByteBuffer.allocate(Long.BYTES).putLong(kid).array());
      cbor.writeEndObject();
    }
    header = bytes.toByteArray();
  }

  private static Path keyFile(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      final List<Path> keys = files.filter(file -> file.toString().endsWith(".key.pem")).toList();
      for (final Path file : keys) {
        try (PemReader reader = new PemReader(Files.newBufferedReader(file))) {
          final PrivateKeyInfo info =
              PrivateKeyInfo.getInstance(reader.readPemObject().getContent());
          if (info.getPrivateKeyAlgorithm().getParameters() instanceof ASN1ObjectIdentifier curve
              && GMObjectIdentifiers.sm2p256v1.equals(curve)) {
            return file;
          }
        }
      }
    }
    throw new IOException(directory + " has no SM2 key");
  }

  /**
   * Mints a code of a person.
   *
   * @param status colour, result and doses, a byte each, and from byte 4 the sample's epoch minutes
   */
  String mint(byte[] subject, ByteBuffer status, long issuedAt, long expiresAt) throws IOException {
    final byte[] payload = payload(subject, status, issuedAt, expiresAt);
    final byte[] signed = Code.toBeSigned(header, payload);
    final SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE);
    signer.init(true, key);
    signer.update(signed, 0, signed.length);
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (CBORGenerator cbor = CBOR.createGenerator(bytes)) {
      cbor.writeTag(SIGN1_TAG);
      cbor.writeStartArray(null, 4);
      cbor.writeBinary(header);
      cbor.writeStartObject(null, 0);
      cbor.writeEndObject();
      cbor.writeBinary(payload);
      cbor.writeBinary(signer.generateSignature());
      cbor.writeEndArray();
    } catch (CryptoException e) {
      throw new IOException(e);
    }
    return "GD1:" + base45(bytes.toByteArray());
  }

  private byte[] payload(byte[] subject, ByteBuffer status, long issuedAt, long expiresAt)
      throws IOException {
    final byte[] serial = new byte[SERIAL_BYTES];
    random.nextBytes(serial);
    final boolean isTested = status.get(1) != 0;
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    try (CBORGenerator cbor = CBOR.createGenerator(bytes)) {
      cbor.writeStartObject(null, 4);
      cbor.writeFieldId(1);
      cbor.writeString("GD");
      number(cbor, 4, expiresAt);
      number(cbor, 6, issuedAt);
      cbor.writeFieldId(CLAIM_HEALTH);
      cbor.writeStartObject(null, isTested ? 7 : 6);
      cbor.writeFieldId(1);
      cbor.writeBinary(subject);
      number(cbor, 2, 0);
      number(cbor, 3, status.get(0));
      number(cbor, 4, status.get(1));
      if (isTested) {
        number(cbor, 5, status.getInt(4));
      }
      number(cbor, 6, status.get(2));
      cbor.writeFieldId(7);
      cbor.writeBinary(serial);
      cbor.writeEndObject();
      cbor.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void number(CBORGenerator cbor, int claim, long value) throws IOException {
    cbor.writeFieldId(claim);
    cbor.writeNumber(value);
  }

  /** RFC 9285. */
  private static String base45(byte[] bytes) {
    final StringBuilder text = new StringBuilder(bytes.length * 3 / 2 + 2);
    for (int i = 0; i < bytes.length; i += 2) {
      final boolean isWhole = i + 1 < bytes.length;
      int value = bytes[i] & 0xff;
      if (isWhole) {
        value = (value << 8) | (bytes[i + 1] & 0xff);
      }
      for (int digit = 0; digit < (isWhole ? 3 : 2); digit++) {
        text.append(ALPHABET.charAt(value % 45));
        value /= 45;
      }
    }
    return text.toString();
  }
}
