package gongbei.verifier.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.verifier.TestNode;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.rules.Verdict;
import org.junit.jupiter.api.Test;

final class ScanFiguresTest {
  private static final String BEFORE =
      "{'verdicts':{'pass':{'ok':5},'refuse':{}},'latencies':[[1000,4],[900000,1]]}";
  private static final String NOW =
      "{'verdicts':{'pass':{'ok':7},'hold':{'yellow':1},'refuse':{'red':1}},"
          + "'latencies':[[1000,6],[5000,1],[900000,2]]}";

  private static ScanFigures between(String before, String now) throws Exception {
    return scans(now).since(scans(before));
  }

  private static NodeFigures.Scans scans(String json) throws Exception {
    return NodeJson.read(TestNode.json(json.replace('\'', '"')), NodeFigures.Scans.class);
  }

  @Test
  void onlyWhatCameBetweenTheTwoCounts() throws Exception {
    final ScanFigures figures = between(BEFORE, NOW);
    assertEquals("1", figures.latencyMicros(0.5));
    assertEquals("5", figures.latencyMicros(0.75));
    assertEquals("900", figures.latencyMicros(0.99));
    assertEquals("50 %", figures.share(Verdict.PASS));
    assertEquals("25 %", figures.share(Verdict.HOLD));
    assertEquals("25 %", figures.share(Verdict.REFUSE));
  }

  @Test
  void theFirstViewCountsFromTheStart() throws Exception {
    assertEquals("78 %", between("{}", NOW).share(Verdict.PASS));
    assertEquals("1", between("{}", NOW).latencyMicros(0.5));
  }

  @Test
  void withoutScansThereIsADash() throws Exception {
    final ScanFigures figures = between(NOW, NOW);
    assertEquals("-", figures.share(Verdict.PASS));
    assertEquals("-", figures.latencyMicros(0.99));
  }
}
