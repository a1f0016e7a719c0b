package gongbei.verifier.tls;

import com.tencent.kona.crypto.KonaCryptoProvider;
import com.tencent.kona.crypto.spec.SM2PublicKeySpec;
import com.tencent.kona.crypto.spec.SM2SignatureParameterSpec;
import gongbei.testing.Patience;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * A second implementation of a TLS 1.3 client by RFC 8998, as little of it as it takes to ask one
 * question, for holding the server against: the protocol by RFC 8446, SM2, SM3 and SM4-GCM by
 * Tencent's Kona, the key exchange on curveSM2 by schoolbook arithmetic.
 */
final class Rfc8998Client implements AutoCloseable {
  private static final int TLS_SM4_GCM_SM3 = 0x00c6;
  private static final int CURVE_SM2 = 41;
  private static final int SM2SIG_SM3 = 0x0708;
  private static final byte[] SIGNATURE_ID =
      "TLSv1.3+GM+Cipher+Suite".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_BYTES = 32;
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;
  private static final Provider KONA = new KonaCryptoProvider();

  private static final BigInteger P =
      hex("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF");
  private static final BigInteger A = P.subtract(BigInteger.valueOf(3));
  private static final BigInteger[] G = {
    hex("32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"),
    hex("BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0")
  };

  private final Socket socket = new Socket();
  private final DataInputStream input;
  private final OutputStream output;
  private final ByteArrayOutputStream transcript = new ByteArrayOutputStream();
  private final ByteArrayOutputStream handshake = new ByteArrayOutputStream();
  private Keys reading;
  private Keys writing;

  /** One direction's key, and how many records went by. */
  private static final class Keys {
    private final byte[] key;
    private final byte[] iv;
    private long sequence;

    Keys(byte[] secret) throws GeneralSecurityException {
      key = expand(secret, "key", new byte[0], 16);
      iv = expand(secret, "iv", new byte[0], 12);
    }

    byte[] apply(int mode, byte[] header, byte[] content) throws GeneralSecurityException {
      final byte[] nonce = iv.clone();
      for (int i = 0; i < 8; i++) {
        nonce[4 + i] ^= (byte) (sequence >>> (8 * (7 - i)));
      }
      sequence++;
      final Cipher cipher = Cipher.getInstance("SM4/GCM/NoPadding", KONA);
      cipher.init(mode, new SecretKeySpec(key, "SM4"), new GCMParameterSpec(128, nonce));
      cipher.updateAAD(header);
      return cipher.doFinal(content);
    }
  }

  /** Connects and shakes hands; fails where the server does anything but what RFC 8998 has. */
  Rfc8998Client(InetSocketAddress server) throws IOException, GeneralSecurityException {
    socket.connect(server);
    socket.setSoTimeout(Patience.MILLIS);
    input = new DataInputStream(socket.getInputStream());
    output = socket.getOutputStream();
    final BigInteger secret = new BigInteger(250, new SecureRandom()).setBit(250);
    final byte[] hello = clientHello(point(multiply(G, secret)));
    transcript.write(hello);
    writeRecord(HANDSHAKE, hello);
    final byte[] shared = sharedSecret(readPlainServerHello(), secret);

    final byte[] zeros = new byte[HASH_BYTES];
    final byte[] early = hmac(zeros, zeros);
    final byte[] handshakeSecret = hmac(derive(early, "derived", hash(new byte[0])), shared);
    final byte[] soFar = hash(transcript.toByteArray());
    final byte[] clientSecret = derive(handshakeSecret, "c hs traffic", soFar);
    final byte[] serverSecret = derive(handshakeSecret, "s hs traffic", soFar);
    reading = new Keys(serverSecret);
    writing = new Keys(clientSecret);

    require(readHandshake(), 8, "EncryptedExtensions");
    final byte[] certificate = require(readHandshake(), 11, "Certificate");
    final byte[] signed = hash(transcript.toByteArray());
    verify(certificate, require(readHandshake(), 15, "CertificateVerify"), signed);
    final byte[] expected =
        hmac(expand(serverSecret, "finished", new byte[0], 32), hash(transcript.toByteArray()));
    final byte[] finished = require(readHandshake(), 20, "Finished");
    if (!Arrays.equals(expected, Arrays.copyOfRange(finished, 4, finished.length))) {
      throw new IOException("the server's Finished is wrong");
    }
    final byte[] whole = hash(transcript.toByteArray());
    final byte[] master = hmac(derive(handshakeSecret, "derived", hash(new byte[0])), zeros);
    final byte[] own = hmac(expand(clientSecret, "finished", new byte[0], 32), whole);
    writeEncrypted(HANDSHAKE, message(20, own));
    reading = new Keys(derive(master, "s ap traffic", whole));
    writing = new Keys(derive(master, "c ap traffic", whole));
  }

  /** Sends a request and reads until the server ends the connection. */
  String ask(String request) throws IOException, GeneralSecurityException {
    writeEncrypted(APPLICATION_DATA, request.getBytes(StandardCharsets.UTF_8));
    final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    while (true) {
      final byte[] record = readEncrypted();
      final int type = record[record.length - 1];
      if (type == ALERT) {
        return answer.toString(StandardCharsets.UTF_8);
      }
      if (type == APPLICATION_DATA) {
        answer.write(record, 0, record.length - 1);
      }
    }
  }

  private static byte[] clientHello(byte[] share) {
    final ByteBuffer hello = ByteBuffer.allocate(512);
    final byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    hello.putShort((short) 0x0303).put(random).put((byte) 0);
    hello.putShort((short) 2).putShort((short) TLS_SM4_GCM_SM3);
    hello.put((byte) 1).put((byte) 0);
    final ByteBuffer extensions = ByteBuffer.allocate(400);
    extensions.putShort((short) 43).putShort((short) 3).put((byte) 2).putShort((short) 0x0304);
    extensions.putShort((short) 10).putShort((short) 4).putShort((short) 2);
    extensions.putShort((short) CURVE_SM2);
    extensions.putShort((short) 13).putShort((short) 4).putShort((short) 2);
    extensions.putShort((short) SM2SIG_SM3);
    extensions.putShort((short) 51).putShort((short) (share.length + 6));
    extensions.putShort((short) (share.length + 4)).putShort((short) CURVE_SM2);
    extensions.putShort((short) share.length).put(share);
    hello.putShort((short) extensions.position()).put(extensions.array(), 0, extensions.position());
    return message(1, Arrays.copyOf(hello.array(), hello.position()));
  }

  /** The server's share of the key. */
  private byte[] readPlainServerHello() throws IOException {
    final int type = input.readUnsignedByte();
    input.readUnsignedShort();
    final byte[] record = input.readNBytes(input.readUnsignedShort());
    if (type != HANDSHAKE || record[0] != 2) {
      throw new IOException("no ServerHello but " + type + " " + HexFormat.of().formatHex(record));
    }
    transcript.write(record);
    final ByteBuffer hello = ByteBuffer.wrap(record);
    hello.position(4 + 2 + 32);
    hello.position(hello.position() + 1 + hello.get(hello.position()));
    if (hello.getShort() != TLS_SM4_GCM_SM3) {
      throw new IOException("another suite than TLS_SM4_GCM_SM3");
    }
    hello.get();
    final int end = hello.getShort() + hello.position();
    byte[] share = null;
    while (hello.position() < end) {
      final int extension = hello.getShort();
      final int next = hello.getShort() + hello.position();
      if (extension == 51) {
        if (hello.getShort() != CURVE_SM2) {
          throw new IOException("another curve than curveSM2");
        }
        share = new byte[hello.getShort()];
        hello.get(share);
      }
      hello.position(next);
    }
    return share;
  }

  private static byte[] sharedSecret(byte[] share, BigInteger secret) throws IOException {
    if (share == null || share.length != 65 || share[0] != 4) {
      throw new IOException("the server's share is no uncompressed point");
    }
    final BigInteger[] shared =
        multiply(
            new BigInteger[] {new BigInteger(1, share, 1, 32), new BigInteger(1, share, 33, 32)},
            secret);
    return fixed(shared[0]);
  }

  private static void verify(byte[] certificate, byte[] verification, byte[] transcriptHash)
      throws IOException, GeneralSecurityException {
    final ByteBuffer list = ByteBuffer.wrap(certificate);
    list.position(4 + 1 + 3);
    final byte[] der = new byte[((list.getShort() & 0xffff) << 8) | (list.get() & 0xff)];
    list.get(der);
    final byte[] point =
        new X509CertificateHolder(der).getSubjectPublicKeyInfo().getPublicKeyData().getOctets();
    final ECPublicKey key =
        (ECPublicKey)
            KeyFactory.getInstance("SM2", KONA).generatePublic(new SM2PublicKeySpec(point));
    final ByteBuffer verify = ByteBuffer.wrap(verification);
    verify.position(4);
    if (verify.getShort() != SM2SIG_SM3) {
      throw new IOException("another signature than sm2sig_sm3");
    }
    final byte[] signature = new byte[verify.getShort()];
    verify.get(signature);
    final Signature sm2 = Signature.getInstance("SM2", KONA);
    sm2.setParameter(new SM2SignatureParameterSpec(SIGNATURE_ID, key));
    sm2.initVerify(key);
    sm2.update(" ".repeat(64).getBytes(StandardCharsets.US_ASCII));
    sm2.update("TLS 1.3, server CertificateVerify".getBytes(StandardCharsets.US_ASCII));
    sm2.update((byte) 0);
    sm2.update(transcriptHash);
    if (!sm2.verify(signature)) {
      throw new IOException("the server's CertificateVerify is wrong");
    }
  }

  private static byte[] require(byte[] message, int type, String name) throws IOException {
    if (message[0] != type) {
      throw new IOException("message " + message[0] + " instead of " + name);
    }
    return message;
  }

  /** The next message of the handshake, with its header; it counts in the transcript. */
  private byte[] readHandshake() throws IOException, GeneralSecurityException {
    while (true) {
      final byte[] held = handshake.toByteArray();
      if (held.length >= 4) {
        final int length =
            4 + (((held[1] & 0xff) << 16) | ((held[2] & 0xff) << 8) | (held[3] & 0xff));
        if (held.length >= length) {
          final byte[] message = Arrays.copyOf(held, length);
          handshake.reset();
          handshake.write(held, length, held.length - length);
          transcript.write(message);
          return message;
        }
      }
      final byte[] record = readEncrypted();
      if (record[record.length - 1] != HANDSHAKE) {
        throw new IOException("record " + record[record.length - 1] + " in the handshake");
      }
      handshake.write(record, 0, record.length - 1);
    }
  }

  /** A record's content and, in its last byte, its type. */
  private byte[] readEncrypted() throws IOException, GeneralSecurityException {
    while (true) {
      final int type = input.readUnsignedByte();
      final int version = input.readUnsignedShort();
      final byte[] record = input.readNBytes(input.readUnsignedShort());
      if (type == APPLICATION_DATA) {
        final byte[] header = header(type, version, record.length);
        final byte[] content = reading.apply(Cipher.DECRYPT_MODE, header, record);
        int length = content.length;
        while (length > 0 && content[length - 1] == 0) {
          length--;
        }
        return Arrays.copyOf(content, length);
      }
      if (type == ALERT) {
        throw new IOException("alert " + HexFormat.of().formatHex(record));
      }
    }
  }

  private void writeEncrypted(int type, byte[] content)
      throws IOException, GeneralSecurityException {
    final byte[] inner = Arrays.copyOf(content, content.length + 1);
    inner[content.length] = (byte) type;
    final byte[] header = header(APPLICATION_DATA, 0x0303, inner.length + 16);
    writeRecord(APPLICATION_DATA, writing.apply(Cipher.ENCRYPT_MODE, header, inner));
  }

  private void writeRecord(int type, byte[] content) throws IOException {
    output.write(header(type, 0x0303, content.length));
    output.write(content);
    output.flush();
  }

  private static byte[] header(int type, int version, int length) {
    return new byte[] {
      (byte) type, (byte) (version >> 8), (byte) version, (byte) (length >> 8), (byte) length
    };
  }

  private static byte[] message(int type, byte[] body) {
    return ByteBuffer.allocate(4 + body.length)
        .putInt((type << 24) | body.length)
        .put(body)
        .array();
  }

  private static byte[] hash(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SM3", KONA).digest(bytes);
  }

  private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
    final Mac mac = Mac.getInstance("HmacSM3", KONA);
    mac.init(new SecretKeySpec(key, "HmacSM3"));
    return mac.doFinal(message);
  }

  private static byte[] derive(byte[] secret, String label, byte[] context)
      throws GeneralSecurityException {
    return expand(secret, label, context, HASH_BYTES);
  }

  /** HKDF-Expand-Label (RFC 8446 §7.1), of one block. */
  private static byte[] expand(byte[] secret, String label, byte[] context, int length)
      throws GeneralSecurityException {
    final byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
    final byte[] info =
        ByteBuffer.allocate(2 + 1 + full.length + 1 + context.length + 1)
            .putShort((short) length)
            .put((byte) full.length)
            .put(full)
            .put((byte) context.length)
            .put(context)
            .put((byte) 1)
            .array();
    return Arrays.copyOf(hmac(secret, info), length);
  }

  private static BigInteger hex(String digits) {
    return new BigInteger(digits, 16);
  }

  private static byte[] point(BigInteger[] point) {
    return ByteBuffer.allocate(65).put((byte) 4).put(fixed(point[0])).put(fixed(point[1])).array();
  }

  private static byte[] fixed(BigInteger number) {
    final byte[] bytes = number.toByteArray();
    final byte[] fixed = new byte[32];
    final int length = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - length, fixed, 32 - length, length);
    return fixed;
  }

  private static BigInteger[] multiply(BigInteger[] point, BigInteger factor) {
    BigInteger[] sum = null;
    for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
      sum = sum == null ? null : add(sum, sum);
      if (factor.testBit(bit)) {
        sum = sum == null ? point : add(sum, point);
      }
    }
    return sum;
  }

  private static BigInteger[] add(BigInteger[] left, BigInteger[] right) {
    final BigInteger slope =
        left[0].equals(right[0])
            ? left[0]
                .pow(2)
                .multiply(BigInteger.valueOf(3))
                .add(A)
                .multiply(left[1].shiftLeft(1).modInverse(P))
            : right[1].subtract(left[1]).multiply(right[0].subtract(left[0]).modInverse(P));
    final BigInteger x = slope.pow(2).subtract(left[0]).subtract(right[0]).mod(P);
    return new BigInteger[] {x, slope.multiply(left[0].subtract(x)).subtract(left[1]).mod(P)};
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
