package gongbei.bench.jmh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * OpenSSL's own measure of itself: {@code openssl speed}, one thread, by the clock on the wall. It
 * verifies one signature again and again, and so flatters itself a little; for P-256 it hashes
 * nothing, for SM2 20 bytes.
 */
final class OpenSslSpeed {
  /**
   * The summary line: field, index, bits, perhaps a curve, signatures and verifications a second.
   */
  private static final Pattern SUMMARY =
      Pattern.compile("^\\+F\\d+:.*:([0-9.]+):([0-9.]+)$", Pattern.MULTILINE);

  private static final int SECONDS = 1;

  private OpenSslSpeed() {}

  /** Fails with a clear message where there is no {@code openssl} to run. */
  static void requirePresent() {
    run(List.of("openssl", "version"));
  }

  /**
   * Measures for a second each signing and verifying.
   *
   * @param algorithm a name of {@code openssl speed}
   * @return verifications a second
   */
  static double verificationsPerSecond(String algorithm) {
    final String output =
        run(
            List.of(
                "openssl",
                "speed",
                "-elapsed",
                "-mr",
                "-seconds",
                String.format(Locale.ROOT, "%d", SECONDS),
                algorithm));
    final Matcher summary = SUMMARY.matcher(output);
    if (!summary.find()) {
      throw new IllegalStateException("openssl speed " + algorithm + " says: " + output);
    }
    return Double.parseDouble(summary.group(2));
  }

  private static String run(List<String> command) {
    try {
      final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      final String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " says: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new IllegalStateException("skipped: there is no openssl on the PATH", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
