package gongbei.verifier.http;

import gongbei.codec.trust.TrustStore;
import gongbei.replication.command.Applied;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.log.LogRole;
import gongbei.replication.log.LogStatus;
import gongbei.replication.machine.Documents;
import gongbei.verifier.access.Caller;
import gongbei.verifier.client.Audience;
import gongbei.verifier.http.api.StatusResource;
import gongbei.verifier.http.guard.RequestSignature;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.SignatureNonce;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a node reads in an authority's request, for tests of those who write it. */
public final class StatusChanges {
  /** Who signs what is read, on no ground that is stated. */
  public static final ChangeOrigin SIGNER = ChangeOrigin.of(0x0123456789abcdefL, 0);

  private StatusChanges() {}

  private static final Map<String, List<String>> JSON =
      Map.of("Content-Type", List.of("application/json"));

  /**
   * The commands in the body of a request to change several statuses.
   *
   * @throws IllegalArgumentException where the node refuses it
   */
  public static List<StatusCommand> read(String json) {
    final Kept log = new Kept();
    try {
      new StatusResource(log, () -> Long.MAX_VALUE / 2)
          .putAll(question("PUT", "/v1/subjects/status", json, JSON), Runnable::run)
          .join();
    } catch (Problem e) {
      throw new IllegalArgumentException(e);
    }
    return log.submitted;
  }

  /**
   * Whether a node takes a request for one that an authority has signed.
   *
   * @param headers of the request
   */
  public static boolean isSigned(
      TrustStore authorities,
      long nowEpochSeconds,
      String method,
      String path,
      String json,
      Map<String, List<String>> headers) {
    try {
      new RequestSignature(
              Optional.of(authorities), "changes", Audience.DEFAULT, () -> nowEpochSeconds)
          .require(question(method, path, json, headers));
      return true;
    } catch (Problem e) {
      return false;
    }
  }

  private static Request question(
      String method, String path, String json, Map<String, List<String>> headers) {
    final HttpHeaders all = new DefaultHttpHeaders();
    headers.forEach(all::add);
    final Request question =
        new Request(
            method,
            path,
            all,
            json.getBytes(StandardCharsets.UTF_8),
            Caller.ofAddress(InetAddress.getLoopbackAddress(), true),
            Runnable::run);
    return question.signed(
        SignatureNonce.of(HexFormat.of().toHexDigits(SIGNER.authority()), "0123456789abcdef", 1));
  }

  /** A log that keeps what is submitted. */
  private static final class Kept implements CommandLog {
    private List<StatusCommand> submitted = List.of();

    @Override
    public CompletableFuture<List<Applied>> submit(List<StatusCommand> commands) {
      submitted = List.copyOf(commands);
      return CompletableFuture.completedFuture(
          Collections.nCopies(commands.size(), new Applied(1, Applied.Outcome.APPLIED)));
    }

    @Override
    public CompletableFuture<List<Applied>> submit(Origin origin, List<StatusCommand> commands) {
      return submit(commands);
    }

    @Override
    public CompletableFuture<Applied> submit(DocumentCommand command) {
      return CompletableFuture.completedFuture(new Applied(1, Applied.Outcome.APPLIED));
    }

    @Override
    public CompletableFuture<List<Applied>> submit(Nonce nonce, List<StatusCommand> commands) {
      return submit(commands);
    }

    @Override
    public CompletableFuture<Applied> submit(Nonce nonce, DocumentCommand command) {
      return submit(command);
    }

    @Override
    public Documents documents() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long dataAgeMillis() {
      return 0;
    }

    @Override
    public boolean isServing() {
      return true;
    }

    @Override
    public LogStatus status() {
      return new LogStatus(LogRole.SINGLE, "", 0, 0, 0, 0, 0, true, true, "", false);
    }

    @Override
    public void close() {
      submitted = List.of();
    }
  }
}
