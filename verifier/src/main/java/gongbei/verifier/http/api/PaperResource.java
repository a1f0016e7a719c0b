package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.print.PaperPages;
import gongbei.verifier.print.UnprintableLabelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * {@code POST /v1/papers}: codes for people without a telephone, as pages to be printed. For any
 * thread.
 */
public final class PaperResource {
  private static final Set<String> FIELDS = Set.of("papers", "layout", "ttlSeconds");
  private static final Set<String> PAPER = Set.of("subject", "label");
  private static final String PDF = "application/pdf";

  private final CodeMint mint;
  private final StatusMap statusMap;
  private final BooleanSupplier isServing;
  private final LongSupplier epochSeconds;
  private final Optional<Path> font;

  /**
   * @param isServing tells, after a lookup, whether the map may be answered from
   * @param font a TrueType font for labels; Latin letters alone without one
   */
  PaperResource(
      CodeMint mint,
      StatusMap statusMap,
      BooleanSupplier isServing,
      LongSupplier epochSeconds,
      Optional<Path> font) {
    this.font = font;
    this.mint = mint;
    this.statusMap = statusMap;
    this.isServing = isServing;
    this.epochSeconds = epochSeconds;
  }

  Response make(Request question) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final JsonNode wanted = body.array("papers", PaperPages.MAX_PAPERS);
    if (wanted.isEmpty()) {
      throw body.ofField("papers", "is empty");
    }
    final PaperPages.Layout layout =
        body.has("layout") && body.choice("layout", "single", "sheet") == 1
            ? PaperPages.Layout.SHEET
            : PaperPages.Layout.SINGLE;
    final int ttlSeconds =
        body.number(
            "ttlSeconds", 1, Limits.MAX_PAPER_CODE_SECONDS, Limits.DEFAULT_PAPER_CODE_SECONDS);
    final List<Subject> subjects = new ArrayList<>();
    final List<String> labels = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      final JsonBody paper = body.item(wanted, "papers", i, PAPER);
      subjects.add(StatusResource.subject(paper, paper.text("subject", 2 * Subject.BYTES)));
      labels.add(paper.text("label", PaperPages.MAX_LABEL_CHARACTERS, ""));
    }
    mint.require();
    final long now = epochSeconds.getAsLong();
    final SigningKey key = mint.key(now);
    requireKnown(subjects);
    final List<PaperPages.Paper> papers = new ArrayList<>();
    for (int i = 0; i < subjects.size(); i++) {
      papers.add(
          new PaperPages.Paper(
              mint.issue(key, claims(subjects.get(i), now, ttlSeconds)),
              labels.get(i),
              now + ttlSeconds));
    }
    try {
      return Response.of(PDF, PaperPages.pdf(papers, layout, font));
    } catch (UnprintableLabelException e) {
      throw Problem.unprocessable(
          "unprintable-label",
          "papers[" + e.paper() + "].label",
          String.format(Locale.ROOT, "has U+%04X, which the font can't show", e.codePoint()));
    }
  }

  private void requireKnown(List<Subject> subjects) {
    final StatusRecord status = new StatusRecord();
    int unknown = -1;
    for (int i = 0; i < subjects.size() && unknown < 0; i++) {
      if (!statusMap.get(subjects.get(i), status)) {
        unknown = i;
      }
    }
    if (!isServing.getAsBoolean()) {
      throw Problem.rebuilding();
    }
    if (unknown >= 0) {
      throw Problem.unprocessable(
          "unknown-member", "papers[" + unknown + "].subject", "is not in the map");
    }
  }

  /** Says nothing of the holder's status, which the paper will outlive. */
  private CodeClaims claims(Subject subject, long now, int ttlSeconds) {
    return CodeClaims.of(CodeKind.PAPER, subject.toBytes())
        .colour(Colour.GREEN)
        .serial(mint.serial())
        .validity(now, now + ttlSeconds)
        .build();
  }
}
