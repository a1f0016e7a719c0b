package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** The log as it is shipped. */
final class LogTest {
  private final Exception failure =
      new IllegalStateException("outer", new IllegalArgumentException("inner"));

  @Test
  void atTheNormalLevelAFailureIsOneLineWithoutItsTrace() throws Exception {
    final String log = write("INFO");
    assertEquals(2, log.lines().count(), log);
    assertTrue(log.contains("WARN  test: it failed"), log);
    assertTrue(log.contains("ERROR test: it failed badly"), log);
    assertFalse(log.contains("Exception") || log.contains("\tat "), log);
  }

  @Test
  void whoeverAsksForDetailGetsTheTrace() throws Exception {
    final String log = write("DEBUG");
    assertTrue(log.contains("DEBUG test: the failure in full"), log);
    assertTrue(log.contains("java.lang.IllegalStateException: outer"), log);
    assertTrue(log.contains("\tat "), log);
  }

  @Test
  void asJsonEveryEventIsOneObjectOnOneLine() throws Exception {
    final String log = write("DEBUG", "json");
    assertEquals(3, log.lines().count(), log);
    for (final String line : log.lines().toList()) {
      final JsonNode event = TestNode.json(line);
      assertEquals("gongbei.test", event.path("loggerName").asText());
      assertTrue(event.path("formattedMessage").asText().matches("it failed.*|the failure.*"));
      assertTrue(event.path("timestamp").asLong() > 0, line);
      assertFalse(event.path("level").asText().isEmpty(), line);
    }
  }

  private String write(String level) throws Exception {
    return write(level, null);
  }

  private String write(String level, String format) throws Exception {
    final PrintStream before = System.err;
    final ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      final LoggerContext context = new LoggerContext();
      context.putProperty("GONGBEI_LOG", level);
      if (format != null) {
        context.putProperty("GONGBEI_LOG_FORMAT", format);
      }
      context.setMDCAdapter(MDC.getMDCAdapter());
      final JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(LogTest.class.getResource("/logback.xml"));
      final var logger = context.getLogger("gongbei.test");
      logger.warn("it failed", failure);
      logger.error("it failed badly", failure);
      logger.debug("the failure in full", failure);
      context.stop();
    } finally {
      System.setErr(before);
    }
    return written.toString(StandardCharsets.UTF_8);
  }
}
