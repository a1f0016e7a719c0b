package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeBatch;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.verifier.scan.ScanEvaluator;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A region's key, and residents who are green and tested negative an hour ago, with their codes.
 */
final class Residents {
  private static final int SECONDS_PER_MINUTE = 60;

  private final SplittableRandom random = new SplittableRandom(1);
  private final int size;
  private final SigningKey key;
  private final CodeBatch issuing;
  private final long now = Instant.now().getEpochSecond();

  /** Makes the key and the residents. */
  Residents(CodeFormat format, int count) {
    final Instant from = Instant.ofEpochSecond(now);
    key =
        new KeyGeneration()
            .generate(
                format.issuer(), from.minus(Duration.ofDays(1)), from.plus(Duration.ofDays(2)));
    issuing = new CodeBatch(format, key, CodeBatch.MAX_CAPACITY);
    size = count;
  }

  SigningKey key() {
    return key;
  }

  TrustList trust() {
    return new TrustList(List.of(key.issuerKey()));
  }

  int size() {
    return size;
  }

  Subject subject(int resident) {
    final SplittableRandom drawn = new SplittableRandom(resident);
    return new Subject(drawn.nextLong(), drawn.nextLong());
  }

  int sampleEpochMinutes() {
    return (int) (now / SECONDS_PER_MINUTE) - 60;
  }

  StatusCommand green(int resident) {
    return status(resident, Colour.GREEN);
  }

  StatusCommand status(int resident, Colour colour) {
    return StatusCommand.SetStatus.of(subject(resident))
        .colour(colour)
        .test(TestResult.NEGATIVE, sampleEpochMinutes())
        .doses(2)
        .build();
  }

  /** Puts all into a map, green. */
  void putInto(StatusMap map) {
    final StatusStateMachine machine = new StatusStateMachine(map);
    for (int i = 0; i < size(); i++) {
      machine.apply(green(i));
    }
  }

  /** Evaluates scans of the residents' codes by a map, in batches. */
  ScanEvaluator evaluator(StatusMap map, int batch) {
    final TrustList trust = trust();
    final KeyTables tables = KeyTables.of(trust);
    return new ScanEvaluator(
        new ScanEvaluator.Context()
            .engine(() -> new FixedBaseEngine(tables))
            .trust(() -> trust)
            .statusMap(map)
            .clockSkewSeconds(5)
            .batchCapacity(batch));
  }

  /** Codes that live for a day, of residents drawn at random, in ASCII. */
  byte[][] codes(int count) {
    final byte[][] codes = new byte[count][];
    for (int first = 0; first < count; first += issuing.capacity()) {
      issuing.clear();
      final int last = Math.min(count, first + issuing.capacity());
      for (int i = first; i < last; i++) {
        add(issuing, subject(random.nextInt(size)).toBytes());
      }
      issuing.sign();
      for (int i = first; i < last; i++) {
        final int from = issuing.textOffset(i - first);
        codes[i] = Arrays.copyOfRange(issuing.texts(), from, from + issuing.textLength(i - first));
      }
    }
    return codes;
  }

  private void add(CodeBatch batch, byte[] subject) {
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(serial);
    batch.add(
        CodeClaims.of(CodeKind.PERSON, subject)
            .colour(Colour.GREEN)
            .test(TestResult.NEGATIVE, sampleEpochMinutes())
            .doses(2)
            .serial(serial)
            .validity(now, now + Duration.ofDays(1).toSeconds()));
  }
}
