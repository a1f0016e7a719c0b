package gongbei.bench.load;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.bench.setup.Population;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.Sm3;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.rules.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Mints the codes of a load before it, on all processors, each for a resident drawn from all. They
 * live for a day, so that a run may be repeated.
 */
final class CodeMinter {
  private static final int GROUPS = 64;
  private static final int MEMBERS = 24;
  private static final int CHUNK = 20_000;
  private static final Duration LIFE = Duration.ofDays(1);
  private static final Duration BACKDATING = Duration.ofMinutes(1);

  private final long residents;
  private final long seed;
  private final CodeIssuer guangdong;
  private final CodeIssuer macau;
  private final CodeIssuer untrusted;
  private final HcertIssuer es256;
  private final HcertIssuer ps256;
  private final long issuedAt = Instant.now().minus(BACKDATING).getEpochSecond();
  private final long expiresAt = issuedAt + LIFE.toSeconds();

  /** What is in front of the scanners. */
  enum Mix {
    /** Good codes of Guangdong alone, one fresh code for each scan. */
    GD1,
    /**
     * Of 1,000: 860 of Guangdong, 60 of Macau, 40 of the EU's format (5 of them signed by RSA), 10
     * of groups of 24 people, 30 bad in five ways.
     */
    MIXED
  }

  private record Minted(byte[] code, Reason expected) {}

  CodeMinter(IssuerKeys keys, long residents, long seed) {
    this.residents = residents;
    this.seed = seed;
    guangdong = new CodeIssuer(CodeFormat.GD1, keys.guangdong());
    macau = new CodeIssuer(CodeFormat.MO1, keys.macau());
    untrusted = new CodeIssuer(CodeFormat.GD1, keys.untrusted());
    es256 = new HcertIssuer(keys.foreign());
    ps256 = new HcertIssuer(keys.foreignRsa());
  }

  /** The groups that the map must know before their codes are scanned. */
  List<DocumentCommand> groups() {
    final List<DocumentCommand> groups = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      groups.add(DocumentCommand.group(groupId(group), members(group)));
    }
    return groups;
  }

  private static Subject groupId(int group) {
    return Population.subject(-1L - group);
  }

  private long member(int group, int ordinal) {
    return Math.floorMod(Population.stir(1_000_003L * (group + 1) + ordinal), residents);
  }

  private byte[] members(int group) {
    final byte[] members = new byte[MEMBERS * Subject.BYTES];
    for (int i = 0; i < MEMBERS; i++) {
      System.arraycopy(
          Population.subject(member(group, i)).toBytes(),
          0,
          members,
          i * Subject.BYTES,
          Subject.BYTES);
    }
    return members;
  }

  /** Mints into a file. */
  void mint(Path file, Mix mix, int count) throws IOException, InterruptedException {
    final ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try (MintedCodes.Writer writer = new MintedCodes.Writer(file)) {
      final List<Future<List<Minted>>> chunks = new ArrayList<>();
      int asked = 0;
      for (int done = 0; done < count; ) {
        while (asked < count && chunks.size() < 2 * Runtime.getRuntime().availableProcessors()) {
          final int first = asked;
          final int size = Math.min(CHUNK, count - asked);
          chunks.add(threads.submit(() -> chunk(mix, first, size)));
          asked += size;
        }
        for (final Minted each : chunks.remove(0).get()) {
          writer.write(each.code(), each.expected());
          done++;
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Minted> chunk(Mix mix, int first, int size) {
    final SplittableRandom random = new SplittableRandom(Population.stir(seed + first));
    final List<Minted> minted = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      minted.add(mix == Mix.GD1 ? person(random) : mixed(random));
    }
    return minted;
  }

  private Minted mixed(SplittableRandom random) {
    final int lot = random.nextInt(1_000);
    if (lot < 860) {
      return person(random);
    } else if (lot < 920) {
      final long number = random.nextLong(residents);
      return minted(macau.issue(claims(random, number, expiresAt)), Population.reason(number));
    } else if (lot < 955) {
      return minted(es256.issue(certificate(random), issuedAt, expiresAt), Reason.OK);
    } else if (lot < 960) {
      return minted(ps256.issue(certificate(random), issuedAt, expiresAt), Reason.OK);
    } else if (lot < 970) {
      return group(random.nextInt(GROUPS), random);
    }
    return bad(lot - 970, random);
  }

  private Minted person(SplittableRandom random) {
    final long number = random.nextLong(residents);
    return minted(guangdong.issue(claims(random, number, expiresAt)), Population.reason(number));
  }

  private Minted bad(int lot, SplittableRandom random) {
    final long number = random.nextLong(residents);
    if (lot < 10) {
      return minted(
          tampered(guangdong.issue(claims(random, number, expiresAt))), Reason.BAD_SIGNATURE);
    } else if (lot < 18) {
      final String whole = guangdong.issue(claims(random, number, expiresAt));
      return minted(whole.substring(0, 4 + 3 * random.nextInt(60)), Reason.MALFORMED);
    } else if (lot < 22) {
      return minted(guangdong.issue(claims(random, number, issuedAt + 1)), Reason.EXPIRED);
    } else if (lot < 26) {
      return minted(untrusted.issue(claims(random, number, expiresAt)), Reason.UNKNOWN_ISSUER);
    }
    return minted(
        guangdong.issue(claims(random, residents + number, expiresAt)), Reason.UNKNOWN_SUBJECT);
  }

  private Minted group(int group, SplittableRandom random) {
    final byte[] members = members(group);
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    final Sm3 sm3 = new Sm3();
    sm3.update(members, 0, members.length);
    sm3.digest(digest, 0);
    Reason worst = Reason.OK;
    for (int i = 0; i < MEMBERS; i++) {
      final Reason reason = Population.reason(member(group, i));
      worst = reason.compareTo(worst) < 0 ? reason : worst;
    }
    return minted(
        guangdong.issue(
            CodeClaims.of(CodeKind.GROUP, groupId(group).toBytes())
                .colour(Colour.GREEN)
                .serial(serial(random))
                .group(MEMBERS, digest)
                .validity(issuedAt, expiresAt)
                .build()),
        worst);
  }

  private CodeClaims claims(SplittableRandom random, long number, long expires) {
    return CodeClaims.of(CodeKind.PERSON, Population.subject(number).toBytes())
        .colour(Colour.GREEN)
        .test(TestResult.NEGATIVE, (int) (issuedAt / 60) - 60)
        .doses(3)
        .serial(serial(random))
        .validity(issuedAt, expires)
        .build();
  }

  private static byte[] serial(SplittableRandom random) {
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(serial);
    return serial;
  }

  private static ObjectNode certificate(SplittableRandom random) {
    final ObjectNode certificate = JsonNodeFactory.instance.objectNode();
    certificate.put("ver", "1.3.0").put("dob", "1970-01-01");
    certificate
        .putObject("nam")
        .put("fnt", "LOAD" + random.nextInt(100_000))
        .put("gnt", "TEST" + random.nextInt(100_000));
    certificate
        .putArray("v")
        .addObject()
        .put("tg", "840539006")
        .put("vp", "1119349007")
        .put("mp", "EU/1/20/1528")
        .put("ma", "ORG-100030215")
        .put("dn", 3)
        .put("sd", 3)
        .put("dt", "2026-01-01")
        .put("co", "XX")
        .put("is", "A ministry of health")
        .put("ci", "URN:UVCI:01:XX:" + random.nextInt(1_000_000_000));
    return certificate;
  }

  /** The last character but two becomes another, which is within the signature. */
  private static String tampered(String code) {
    final int at = code.length() - 3;
    return code.substring(0, at) + (code.charAt(at) == '0' ? '1' : '0') + code.substring(at + 1);
  }

  private static Minted minted(String code, Reason expected) {
    return new Minted(code.getBytes(StandardCharsets.US_ASCII), expected);
  }
}
