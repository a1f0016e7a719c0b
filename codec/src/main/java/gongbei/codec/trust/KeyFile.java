package gongbei.codec.trust;

import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.file.PrivateFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * The certificates and private keys of a file, in whatever form people have them: the one reader of
 * them all. PEM (RFC 7468, with or without a byte order mark) may hold any number of blocks:
 * certificates under {@code CERTIFICATE}, {@code X509 CERTIFICATE} or {@code TRUSTED CERTIFICATE},
 * keys as PKCS#8 (RFC 5958), SEC1 (RFC 5915) or PKCS#1 (RFC 8017); DER holds one of these. What is
 * none of them is refused by name.
 */
public final class KeyFile {
  /** The endings of the files in a directory that may hold certificates or keys. */
  public static final Set<String> ENDINGS = Set.of(".pem", ".crt", ".cer", ".der", ".key");

  /** The most such files in a directory. */
  public static final int MAX_FILES = 10_000;

  /** The most bytes of such a file. */
  public static final int MAX_BYTES = 1 << 20;

  private static final String BEGIN = "-----BEGIN ";
  private static final int DER_SEQUENCE = 0x30;
  private static final int PKCS12_VERSION = 3;
  private static final int PKCS1_MEMBERS = 9;

  private final String source;
  private final List<byte[]> certificates = new ArrayList<>();
  private final List<PrivateKeyInfo> privateKeys = new ArrayList<>();
  private String privateKeyFault;
  private Optional<Path> path = Optional.empty();
  private ASN1Encodable curve;

  private KeyFile(String source) {
    this.source = source;
  }

  /**
   * Reads what a look at a file has found.
   *
   * @throws TrustException when it can't be read, or holds anything that is not known
   */
  public static KeyFile of(FileContent content) throws TrustException {
    if (content.fault() != null) {
      throw new TrustException(content.path() + " " + FileFault.reasonOf(content.fault()));
    }
    final KeyFile file = of(content.path().toString(), content.bytes());
    file.path = Optional.of(content.path());
    return file;
  }

  /** Follows those files of a directory that may hold certificates or keys. */
  public static FollowedFiles followed(Path directory) {
    return FollowedFiles.ofDirectory(directory, ENDINGS, MAX_FILES, MAX_BYTES);
  }

  /** Reads a file, as {@link #of(FileContent)}. */
  public static KeyFile read(Path file) throws TrustException {
    return of(FileContent.read(file, MAX_BYTES));
  }

  /**
   * Reads the content of a file.
   *
   * @param source names it in messages
   */
  public static KeyFile of(String source, byte[] content) throws TrustException {
    final KeyFile file = new KeyFile(source);
    try {
      if (content.length > 0 && content[0] == DER_SEQUENCE) {
        file.readDer(content);
      } else {
        file.readPem(text(content));
      }
    } catch (IOException | RuntimeException e) {
      throw new TrustException(source + " can't be read: " + e.getMessage());
    }
    return file;
  }

  /** The certificates in their order, each as DER; not yet looked into. */
  public List<byte[]> certificates() {
    return List.copyOf(certificates);
  }

  /**
   * The private keys in their order, as PKCS#8; SM2 keys name their algorithm {@code
   * id-ecPublicKey}.
   *
   * @throws TrustException when one can't be used, as those that are encrypted
   */
  public List<PrivateKeyInfo> privateKeys() throws TrustException {
    if (privateKeyFault != null) {
      throw new TrustException(source + " " + privateKeyFault);
    }
    return List.copyOf(privateKeys);
  }

  /**
   * The same of a file that nobody but its owner can read: see {@link PrivateFiles#requireSecret}.
   *
   * @throws TrustException as {@link #privateKeys}, and where others can read it
   */
  public List<PrivateKeyInfo> secretPrivateKeys() throws TrustException {
    final List<PrivateKeyInfo> keys = privateKeys();
    if (path.isPresent() && !keys.isEmpty()) {
      try {
        PrivateFiles.requireSecret(path.get());
      } catch (IOException e) {
        throw new TrustException(source + " " + FileFault.reasonOf(e));
      }
    }
    return keys;
  }

  /** Text by its byte order mark; without one every byte is a character, as PEM is ASCII. */
  private static String text(byte[] content) {
    final int first = content.length < 2 ? 0 : ((content[0] & 0xFF) << 8) | (content[1] & 0xFF);
    if (first == 0xFEFF) {
      return text(content, 2, StandardCharsets.UTF_16BE);
    }
    if (first == 0xFFFE) {
      return text(content, 2, StandardCharsets.UTF_16LE);
    }
    final boolean isMarked = first == 0xEFBB && content.length > 2 && (content[2] & 0xFF) == 0xBF;
    return text(content, isMarked ? 3 : 0, StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] content, int offset, Charset charset) {
    return new String(content, offset, content.length - offset, charset);
  }

  private void readPem(String text) throws IOException, TrustException {
    final long begun = text.lines().filter(line -> line.contains(BEGIN)).count();
    if (begun == 0) {
      throw new TrustException(source + " is neither PEM nor DER: no block begins in it");
    }
    long read = 0;
    try (PemReader reader = new PemReader(new StringReader(text))) {
      PemObject block;
      while ((block = reader.readPemObject()) != null) {
        read++;
        take(block);
      }
    }
    if (read != begun) {
      throw new TrustException(
          source + " is not PEM: of " + begun + " lines that begin a block " + read + " are whole");
    }
  }

  private void take(PemObject block) throws IOException, TrustException {
    final byte[] der = block.getContent();
    if (isEncrypted(block)) {
      refuseKey("holds an encrypted private key: keys are read unencrypted alone");
      return;
    }
    switch (block.getType()) {
      case "CERTIFICATE", "X509 CERTIFICATE" -> certificates.add(der);
      case "TRUSTED CERTIFICATE" -> certificates.add(withoutTrustSettings(der));
      case "PRIVATE KEY" -> takeKey(() -> PrivateKeyInfo.getInstance(sequence(der)));
      case "EC PRIVATE KEY" -> takeKey(() -> sec1(sequence(der), curve));
      case "SM2 PRIVATE KEY" -> takeKey(() -> sec1(sequence(der), GMObjectIdentifiers.sm2p256v1));
      case "RSA PRIVATE KEY" -> takeKey(() -> pkcs1(sequence(der)));
      case "EC PARAMETERS", "SM2 PARAMETERS" -> curve = ASN1Primitive.fromByteArray(der);
      case "DH PARAMETERS" -> {
        // Server certificates' files have it beside the certificate; no certificate depends on it.
      }
      default ->
          throw new TrustException(
              source + " holds a block " + block.getType() + ", which is not read");
    }
  }

  private static boolean isEncrypted(PemObject block) {
    if (block.getType().equals("ENCRYPTED PRIVATE KEY")) {
      return true;
    }
    for (final Object header : block.getHeaders()) {
      final PemHeader each = (PemHeader) header;
      if (each.getName().equals("Proc-Type") && each.getValue().contains("ENCRYPTED")) {
        return true;
      }
    }
    return false;
  }

  /** Reads one certificate or key without any label, told apart by its structure. */
  private void readDer(byte[] der) throws TrustException, IOException {
    final ASN1Sequence whole = sequence(der);
    final ASN1Encodable first = whole.size() > 0 ? whole.getObjectAt(0) : null;
    final ASN1Encodable second = whole.size() > 1 ? whole.getObjectAt(1) : null;
    if (first instanceof ASN1Sequence
        && whole.size() == 3
        && whole.getObjectAt(2) instanceof ASN1BitString) {
      certificates.add(der);
    } else if (first instanceof ASN1Sequence && second instanceof ASN1OctetString) {
      refuseKey("holds an encrypted private key: keys are read unencrypted alone");
    } else if (first instanceof ASN1Integer && second instanceof ASN1OctetString) {
      takeKey(() -> sec1(whole, null));
    } else if (first instanceof ASN1Integer && whole.size() >= PKCS1_MEMBERS) {
      takeKey(() -> pkcs1(whole));
    } else if (first instanceof ASN1Integer version
        && second instanceof ASN1Sequence
        && !version.hasValue(PKCS12_VERSION)) {
      takeKey(() -> PrivateKeyInfo.getInstance(whole));
    } else if (first instanceof ASN1Integer) {
      throw new TrustException(source + " is a PKCS#12 store, which is not read");
    } else if (first instanceof ASN1ObjectIdentifier) {
      throw new TrustException(source + " is a PKCS#7 message, which is not read");
    } else {
      throw new TrustException(source + " is DER of neither a certificate nor a private key");
    }
  }

  private static ASN1Sequence sequence(byte[] der) throws IOException {
    return ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(der));
  }

  /**
   * OpenSSL appends what a certificate is trusted for (X509_CERT_AUX). A mere alias says nothing; a
   * certificate that is trusted for some purposes, or rejected for some, is not what a trust list
   * can hold, for none of the purposes is that of signing health codes.
   */
  private byte[] withoutTrustSettings(byte[] der) throws IOException, TrustException {
    try (ASN1InputStream in = new ASN1InputStream(der)) {
      final ASN1Primitive certificate = in.readObject();
      final byte[] bytes = Arrays.copyOf(der, der.length - in.available());
      if (in.available() > 0) {
        final ASN1Primitive settings = in.readObject();
        if (in.available() > 0) {
          throw new TrustException(
              source + ": certificate is followed by bytes that are not its own");
        }
        for (final ASN1Encodable each : ASN1Sequence.getInstance(settings)) {
          if (each instanceof ASN1Sequence
              || (each instanceof ASN1TaggedObject tagged && tagged.getTagNo() == 0)) {
            throw new TrustException(
                source
                    + ": certificate is trusted for some purposes alone, which are not read; write"
                    + " it as CERTIFICATE");
          }
        }
      }
      if (certificate == null) {
        throw new TrustException(source + ": certificate is empty");
      }
      return bytes;
    }
  }

  private interface KeyMaker {
    PrivateKeyInfo make() throws IOException;
  }

  /** A key that can't be used is a fault to whoever asks for keys, and to nobody else. */
  private void takeKey(KeyMaker maker) {
    try {
      privateKeys.add(plain(maker.make()));
    } catch (IOException | RuntimeException e) {
      refuseKey("holds a private key that can't be read: " + e.getMessage());
    }
  }

  private void refuseKey(String reason) {
    if (privateKeyFault == null) {
      privateKeyFault = reason;
    }
  }

  /** GM/T 0006 has SM2 keys under an identifier of their own too: 1.2.156.10197.1.301. */
  private static PrivateKeyInfo plain(PrivateKeyInfo key) throws IOException {
    final AlgorithmIdentifier algorithm = key.getPrivateKeyAlgorithm();
    if (!GMObjectIdentifiers.sm2p256v1.equals(algorithm.getAlgorithm())) {
      return key;
    }
    if (!Curves.SM2.equals(Curves.ofKey(algorithm))) {
      throw new IOException("an SM2 key on another curve");
    }
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, GMObjectIdentifiers.sm2p256v1),
        key.parsePrivateKey());
  }

  private static PrivateKeyInfo sec1(ASN1Sequence der, ASN1Encodable curveElsewhere)
      throws IOException {
    final ECPrivateKey key = ECPrivateKey.getInstance(der);
    final ASN1Encodable own = key.getParametersObject();
    final ASN1Encodable curve = own == null ? curveElsewhere : own;
    if (curve == null) {
      throw new IOException("it names no curve");
    }
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), key);
  }

  private static PrivateKeyInfo pkcs1(ASN1Sequence der) throws IOException {
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
        RSAPrivateKey.getInstance(der));
  }
}
