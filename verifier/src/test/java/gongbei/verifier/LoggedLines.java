package gongbei.verifier;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import gongbei.testing.Patience;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Collects what is logged while it is open, so that a test can await a line. */
public final class LoggedLines implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getFormattedMessage());
        }
      };

  /** Begins to collect. */
  public LoggedLines() {
    appender.start();
    logger().addAppender(appender);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("gongbei");
  }

  /** Waits until a line has been logged that has all these parts. */
  public void await(String... parts) throws InterruptedException {
    Patience.await(
        () -> String.join(", ", parts) + " in " + lines,
        () -> lines.stream().anyMatch(line -> List.of(parts).stream().allMatch(line::contains)));
  }

  @Override
  public void close() {
    logger().detachAppender(appender);
    appender.stop();
  }
}
