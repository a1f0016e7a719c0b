package gongbei.verifier.metrics;

import gongbei.codec.translate.TranslationFault;
import gongbei.verifier.translate.ReceiptBook;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Meters of translations and of the receipts that are kept of them. */
final class TranslationMeters {
  private TranslationMeters() {}

  /** Registers how many translations were made, and how many not, by their fault. */
  static void bind(
      LongSupplier translated, ToLongFunction<TranslationFault> refused, MeterRegistry to) {
    FunctionCounter.builder("gongbei.translations", translated, LongSupplier::getAsLong)
        .description("Codes of the other region by what came of them")
        .tag("outcome", "translated")
        .register(to);
    for (final TranslationFault fault : TranslationFault.values()) {
      FunctionCounter.builder("gongbei.translations", refused, r -> r.applyAsLong(fault))
          .description("Codes of the other region by what came of them")
          .tag("outcome", fault.wireName())
          .register(to);
    }
  }

  /** Registers how many receipts were written, how many not, and how much room they take. */
  static void bindReceipts(ReceiptBook receipts, MeterRegistry to) {
    countReceipts("written", receipts, ReceiptBook::written, to);
    countReceipts("repeated", receipts, ReceiptBook::repeated, to);
    countReceipts("left-out", receipts, ReceiptBook::leftOut, to);
    Gauge.builder("gongbei.audit.writable", receipts, r -> r.isWritable() ? 1 : 0)
        .description("Whether receipts can be written; without them nothing is translated")
        .register(to);
    Gauge.builder("gongbei.audit.size", receipts, ReceiptBook::bytes)
        .description("The audit log's files that are there")
        .baseUnit("bytes")
        .register(to);
    Gauge.builder("gongbei.audit.limit", receipts, ReceiptBook::maxBytes)
        .description("The most that the audit log's files may take")
        .baseUnit("bytes")
        .register(to);
  }

  private static void countReceipts(
      String outcome, ReceiptBook receipts, ToDoubleFunction<ReceiptBook> count, MeterRegistry to) {
    FunctionCounter.builder("gongbei.audit.receipts", receipts, count)
        .description("Receipts of translations by whether they were written")
        .tag("outcome", outcome)
        .register(to);
  }
}
