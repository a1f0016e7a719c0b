package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.verifier.access.Role;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.ring.WorkerHealth;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code GET /health/live}, {@code /health/ready}, {@code /health/ready/changes} and {@code
 * /metrics}. For any thread.
 */
final class HealthResource {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final ApiContext<?> context;
  private final OpsResource ops;
  private volatile boolean isStopping;

  HealthResource(ApiContext<?> context, OpsResource ops) {
    this.context = context;
    this.ops = ops;
  }

  /** From now on the node is not ready. */
  void stop() {
    isStopping = true;
  }

  Response live() {
    return status("live");
  }

  private static Response status(String status) {
    return Response.json(200, JsonNodeFactory.instance.objectNode().put("status", status));
  }

  /**
   * One bit for everybody: ready or not. Why not, and how the node is doing, is for operators.
   *
   * @throws Problem where the node is not ready
   */
  Response ready(Request request) {
    if (!request.caller().roles().contains(Role.OPERATOR)) {
      try {
        requireReady();
      } catch (Problem e) {
        throw Problem.notReady();
      }
      return status("ready");
    }
    requireReady();
    return ops.ready();
  }

  /**
   * The same for changes: not where the node is no member, is cut off from the others, or behind by
   * more than its rules accept.
   *
   * @throws Problem where it takes none
   */
  Response readyForChanges(Request request) {
    final Optional<String> fault = context.nodeMetrics().readiness().changeFault();
    if (request.caller().roles().contains(Role.OPERATOR)) {
      if (isStopping) {
        throw Problem.stopping();
      }
      fault.ifPresent(
          why -> {
            throw Problem.of(503, "takes-no-changes", why).with("Retry-After", "1");
          });
    } else if (isStopping || fault.isPresent()) {
      throw Problem.notReady();
    }
    return status("ready");
  }

  private void requireReady() {
    if (isStopping) {
      throw Problem.stopping();
    }
    if (!context.log().isServing()) {
      throw Problem.busy(
          context.nodeMetrics().readiness().scanFault().orElse("the node's map is being rebuilt")
              + "; ask another node");
    }
    requireAnswering(context.pipeline().health());
    context.mintPipeline().ifPresent(codes -> requireAnswering(codes.health()));
  }

  private static void requireAnswering(WorkerHealth health) {
    if (!health.look(System.nanoTime())) {
      throw Problem.of(503, "workers-stalled", health.explanation());
    }
  }

  Response metrics() {
    return Response.of(
        PROMETHEUS_TEXT, context.nodeMetrics().scrape().getBytes(StandardCharsets.UTF_8));
  }
}
