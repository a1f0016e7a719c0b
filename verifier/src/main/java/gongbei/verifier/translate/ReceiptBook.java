package gongbei.verifier.translate;

import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.Receipt;
import gongbei.verifier.config.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each receipt once, however often the same comes of the same code, and tells when none can
 * be written. Refusals may take half of what the audit log may take, so that no flood of them keeps
 * anybody from crossing. Writing is for one thread, the figures are for any.
 */
public final class ReceiptBook {
  private static final Logger LOGGER = LoggerFactory.getLogger(ReceiptBook.class);
  private static final int SHARE_OF_REFUSALS = 2;

  private final AuditLog audit;
  private final Map<Key, Long> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
          return size() > Limits.MAX_RECEIPTS_REMEMBERED;
        }
      };
  private final LongAdder written = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder leftOut = new LongAdder();
  private volatile boolean writable = true;

  /** The first half of a receipt's SM3. */
  private record Key(long high, long low) {
    static Key of(Receipt receipt) {
      final Sm3 sm3 = new Sm3();
      update(sm3, receipt.from().wireName());
      update(sm3, receipt.to().wireName());
      sm3.update(receipt.source(), 0, receipt.source().length);
      update(sm3, receipt.table());
      update(sm3, receipt.outcome());
      if (receipt.target() != null) {
        sm3.update(receipt.target(), 0, receipt.target().length);
      }
      final byte[] digest = new byte[Sm3.DIGEST_BYTES];
      sm3.digest(digest, 0);
      final ByteBuffer numbers = ByteBuffer.wrap(digest);
      return new Key(numbers.getLong(), numbers.getLong());
    }

    private static void update(Sm3 sm3, String text) {
      final byte[] bytes = (text + '\n').getBytes(StandardCharsets.UTF_8);
      sm3.update(bytes, 0, bytes.length);
    }
  }

  /** Writes to a log, which stays the caller's to close. */
  ReceiptBook(AuditLog audit) {
    this.audit = audit;
  }

  /**
   * Requires that receipts can be written, before what they are about is done.
   *
   * @throws AuditException when they can't, with the reason
   */
  void requireRoom(int receipts) throws AuditException {
    try {
      audit.requireRoom(receipts);
    } catch (AuditException e) {
      tellStopped(e);
      throw e;
    }
    if (!writable) {
      writable = true;
      LOGGER.info("Codes are translated again: receipts can be written");
    }
  }

  /**
   * Writes those receipts that have not been written.
   *
   * @return the number of each, in their order; 0 where none was written
   * @throws AuditException when they can't be written; the log is then as it was before
   */
  long[] write(List<Receipt> receipts, SigningKey key, long nowEpochSeconds) throws AuditException {
    final long[] numbers = new long[receipts.size()];
    final List<Receipt> fresh = new ArrayList<>();
    final Map<Key, Integer> places = new LinkedHashMap<>();
    final List<Key> keys = new ArrayList<>();
    for (final Receipt receipt : receipts) {
      final Key own = Key.of(receipt);
      keys.add(own);
      if (remembered.get(own) != null || places.containsKey(own)) {
        repeated.increment();
      } else if (isLeftOut(receipt)) {
        leftOut.increment();
      } else {
        places.put(own, fresh.size());
        fresh.add(receipt);
      }
    }
    if (!fresh.isEmpty()) {
      try {
        final long first = audit.append(fresh, key, nowEpochSeconds);
        places.forEach((own, place) -> remembered.put(own, first + place));
      } catch (AuditException e) {
        tellStopped(e);
        throw e;
      }
      written.add(fresh.size());
    }
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = remembered.getOrDefault(keys.get(i), 0L);
    }
    return numbers;
  }

  /** Counts an answer that was given before and needs no other receipt. */
  void countRepeated() {
    repeated.increment();
  }

  private boolean isLeftOut(Receipt receipt) {
    return !receipt.outcome().equals(Receipt.TRANSLATED)
        && audit.bytes() > audit.maxBytes() / SHARE_OF_REFUSALS;
  }

  private void tellStopped(AuditException e) {
    if (writable) {
      writable = false;
      LOGGER.error("Nothing is translated, scans and changes go on: {}", e.getMessage());
    }
  }

  /** Whether receipts can be written, as far as is known. */
  public boolean isWritable() {
    return writable;
  }

  /** The receipts written. */
  public long written() {
    return written.sum();
  }

  /** The receipts not written because the same stands in the log already. */
  public long repeated() {
    return repeated.sum();
  }

  /** The receipts of refusals not written because refusals have taken their share of the log. */
  public long leftOut() {
    return leftOut.sum();
  }

  /** The bytes of the log's files. */
  public long bytes() {
    return audit.bytes();
  }

  /** The most bytes of the log's files. */
  public long maxBytes() {
    return audit.maxBytes();
  }
}
