package gongbei.verifier.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ThreadCountsTest {
  @ParameterizedTest
  @CsvSource({"1,1,1,1", "2,1,1,1", "4,1,2,1", "8,2,4,2", "16,4,8,4", "64,8,8,16", "4096,8,8,256"})
  void theDefaultsFollowTheCores(int cores, int tcpLoops, int httpLoops, int handshakeThreads) {
    assertEquals(tcpLoops, ThreadCounts.tcpLoops(cores));
    assertEquals(httpLoops, ThreadCounts.httpLoops(cores));
    assertEquals(handshakeThreads, ThreadCounts.handshakeThreads(cores));
  }

  @Test
  void aNodeThatIsToldNothingHasThem() {
    final NodeConfig config = NodeConfig.defaults();
    assertEquals(ThreadCounts.tcpLoops(), config.tcp().eventLoops());
    assertEquals(ThreadCounts.httpLoops(), config.http().eventLoops());
    assertEquals(ThreadCounts.workers(), config.pipeline().workers());
  }
}
