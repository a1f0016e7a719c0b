package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.verifier.cli.remote.NodeHttp;

/** Scans a code over HTTP, as a checkpoint's page does. */
final class DemoScan {
  private DemoScan() {}

  /** What a node says of a code at a checkpoint. */
  static JsonNode of(NodeHttp node, String code, String checkpoint) throws InterruptedException {
    return node.post(
        "/v1/scans",
        JsonNodeFactory.instance.objectNode().put("code", code).put("checkpoint", checkpoint));
  }
}
