package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.CodeKind;
import gongbei.replication.map.Subject;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.transport.MediaChoice;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.mint.Minting;
import gongbei.verifier.mint.ReserveStrip;
import gongbei.verifier.print.QrImage;
import gongbei.verifier.server.MintAdmission;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** {@code POST /v1/codes}: mints a code from what the map knows of its holder. For any thread. */
public final class CodeResource {
  private static final Set<String> FIELDS =
      Set.of(
          "subject",
          "kind",
          "ttlSeconds",
          "region",
          "format",
          "guardian",
          "reserve",
          "reserveSeconds");
  private static final String PNG = "image/png";

  private final CodeMint mint;
  private final Optional<MintAdmission> pipeline;
  private final GuardianResource guardians;
  private final ReserveDesk reserves;
  private final LongSupplier epochSeconds;

  /**
   * @param pipeline where codes are minted, empty where this node mints nothing
   * @param guardians tell whose codes a guardian may show
   */
  CodeResource(
      CodeMint mint,
      Optional<MintAdmission> pipeline,
      GuardianResource guardians,
      LongSupplier epochSeconds) {
    this.guardians = guardians;
    this.mint = mint;
    this.pipeline = pipeline;
    this.epochSeconds = epochSeconds;
    this.reserves = new ReserveDesk(System::nanoTime);
  }

  /**
   * @param connection where an answer is put together, off the workers
   * @param drawing has a picture drawn, which takes longer
   */
  CompletableFuture<Response> mint(
      Request question,
      Executor connection,
      Function<Supplier<Response>, CompletableFuture<Response>> drawing) {
    final String media =
        MediaChoice.of(question.headers().getAll(HttpHeaderNames.ACCEPT), Response.JSON, PNG);
    if (media == null) {
      throw Problem.of(406, "not-acceptable", "a code comes as application/json or image/png");
    }
    final JsonBody body = JsonBody.read(question, FIELDS);
    final Subject subject = subject(body);
    final boolean isPaper = body.has("kind") && body.choice("kind", "person", "paper") == 1;
    Authorizer.require(
        question.caller(),
        isPaper ? "a code on paper" : "a code on a screen",
        Set.of(isPaper ? Role.PAPER : Role.ISSUER));
    final int ttlSeconds =
        body.number(
            "ttlSeconds",
            1,
            isPaper ? Limits.MAX_PAPER_CODE_SECONDS : Limits.MAX_CODE_SECONDS,
            isPaper ? Limits.DEFAULT_PAPER_CODE_SECONDS : Limits.DEFAULT_CODE_SECONDS);
    final MintAdmission codes = pipeline.orElseThrow(CodeMint::notOffered);
    requireOwn(body);
    if (body.has("guardian")) {
      guardians.requireGuardian(body, subject);
    }
    final Optional<ReserveStrip> strip =
        ReserveDesk.asked(body, !isPaper && media.equals(Response.JSON), epochSeconds.getAsLong());
    final CompletableFuture<Minted> minted = new CompletableFuture<>();
    final CodeKind kind = isPaper ? CodeKind.PAPER : CodeKind.PERSON;
    if (!codes.mint(subject, kind, ttlSeconds, each -> minted.complete(Minted.of(each)))) {
      throw Problem.shed();
    }
    if (media.equals(PNG)) {
      return minted.thenCompose(each -> drawing.apply(() -> picture(text(each))));
    }
    final CompletableFuture<Optional<List<String>>> spare =
        strip
            .map(each -> reserves.ask(codes, subject, each, question.caller()))
            .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    return minted.thenCombineAsync(
        spare,
        (each, texts) -> {
          final ObjectNode answer = json(text(each), each);
          strip.ifPresent(asked -> ReserveDesk.put(answer, asked, texts, epochSeconds.getAsLong()));
          return Response.json(201, answer);
        },
        connection);
  }

  private static Response picture(String code) {
    return new Response(201, PNG, QrImage.png(code), Map.of());
  }

  /** What a worker has told. */
  private record Minted(Minting.Outcome outcome, String text, long expiresAt, long refreshAt) {
    static Minted of(Minting minting) {
      return new Minted(
          minting.outcome(),
          minting.outcome() == Minting.Outcome.MINTED ? minting.text() : null,
          minting.expiresAtEpochSeconds(),
          minting.refreshAtEpochMillis());
    }
  }

  private String text(Minted minted) {
    return switch (minted.outcome()) {
      case MINTED -> minted.text();
      case UNKNOWN_SUBJECT -> throw Problem.unknownSubject();
      case NO_SIGNING_KEY -> throw Problem.noSigningKey(mint.format());
      case BUSY -> throw Problem.rebuilding();
    };
  }

  private static ObjectNode json(String code, Minted minted) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("code", code)
        .put("expires", Instant.ofEpochSecond(minted.expiresAt()).toString())
        .put("refreshAt", Instant.ofEpochMilli(minted.refreshAt()).toString());
  }

  /** A node mints codes of one region, which a request may name. */
  private void requireOwn(JsonBody body) {
    final CodeFormat format = mint.format();
    if (body.has("region") && !body.text("region", 2).equals(format.issuer())) {
      throw body.ofField("region", "is not " + format.issuer() + ", this node's");
    }
    if (body.has("format")
        && !body.text("format", CodeFormat.PREFIX_LENGTH).equals(format.name())) {
      throw body.ofField("format", "is not " + format + ", this node's");
    }
  }

  private static Subject subject(JsonBody body) {
    try {
      return Subject.ofHex(body.text("subject", 2 * Subject.BYTES));
    } catch (IllegalArgumentException e) {
      throw body.ofField("subject", "is not 32 hexadecimal digits");
    }
  }
}
