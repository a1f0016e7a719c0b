package gongbei.verifier.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class AcceptFaultsTest {
  @Test
  void aConnectionThatCannotBeTakenIsOneLineAndNoTrace() {
    final ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    final EmbeddedChannel channel = new EmbeddedChannel(new AcceptFaults());
    root.addAppender(log);
    try {
      channel.pipeline().fireExceptionCaught(new IOException("Too many open files"));
      channel.checkException();
    } finally {
      root.detachAppender(log);
      assertFalse(channel.finish());
    }
    assertEquals(1, log.list.size());
    assertEquals(Level.WARN, log.list.get(0).getLevel());
    assertTrue(log.list.get(0).getFormattedMessage().contains("Too many open files"));
    assertNull(log.list.get(0).getThrowableProxy());
  }
}
