package gongbei.verifier.metrics;

import gongbei.verifier.net.InputBudget;
import gongbei.verifier.tls.Handshakes;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** Meters of the two servers: connections, input that is not whole, TLS; tagged by the server. */
final class ServerMeters {
  private ServerMeters() {}

  /** Registers how many HTTP connections there are. */
  static void bindConnections(IntSupplier connections, MeterRegistry to) {
    Gauge.builder("gongbei.http.connections", connections, IntSupplier::getAsInt)
        .description("HTTP connections open")
        .register(to);
  }

  /** Registers what a server holds of input that is not whole yet. */
  static void bindInput(String server, InputBudget input, MeterRegistry to) {
    Gauge.builder("gongbei.input.partial", input, InputBudget::bytes)
        .description("Bytes held of frames, header fields and TLS records that are not whole")
        .tag("server", server)
        .baseUnit("bytes")
        .register(to);
    FunctionCounter.builder("gongbei.input.refused", input, InputBudget::refusals)
        .description("Connections ended for want of room for more of what is not whole")
        .tag("server", server)
        .register(to);
  }

  /** Registers the TLS handshakes of a server, by whether they were let begin. */
  static void bindHandshakes(String server, Handshakes handshakes, MeterRegistry to) {
    Gauge.builder("gongbei.tls.handshakes.running", handshakes, Handshakes::inProgress)
        .description("TLS handshakes under way")
        .tag("server", server)
        .register(to);
    countHandshakes(server, "begun", handshakes, Handshakes::begun, to);
    countHandshakes(server, "over-rate", handshakes, Handshakes::overRate, to);
    countHandshakes(server, "no-room", handshakes, Handshakes::withoutRoom, to);
  }

  private static void countHandshakes(
      String server,
      String outcome,
      Handshakes handshakes,
      ToDoubleFunction<Handshakes> count,
      MeterRegistry to) {
    FunctionCounter.builder("gongbei.tls.handshakes", handshakes, count)
        .description("TLS handshakes by whether they were let begin")
        .tag("server", server)
        .tag("outcome", outcome)
        .register(to);
  }

  /** Registers when a server's certificate ends, in seconds since 1970. */
  static void bindCertificate(String server, LongSupplier notAfterEpochSeconds, MeterRegistry to) {
    Gauge.builder("gongbei.tls.certificate.end", notAfterEpochSeconds, LongSupplier::getAsLong)
        .description("When the certificate that a server shows ends, since 1970")
        .tag("server", server)
        .baseUnit("seconds")
        .register(to);
  }
}
