package gongbei.verifier.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.http.StatusChanges;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** That a node reads of an authority's request what the authority wrote, and nobody else. */
final class AuthorityPropertyTest {
  private static final URI NODE = URI.create("http://127.0.0.1:1");
  private static final SigningKey AUTHORITY = key();
  private static final SigningKey OTHER = key();

  private static SigningKey key() {
    return new KeyGeneration()
        .generateAuthority(
            "Test", Instant.now().minusSeconds(60), Instant.now().plusSeconds(86_400));
  }

  @Provide
  Arbitrary<List<StatusCommand>> changes() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.longs(),
            Arbitraries.integers().between(0, 8),
            Arbitraries.integers().between(1, Integer.MAX_VALUE),
            Arbitraries.integers().between(0, 99),
            Arbitraries.integers().between(0, StatusCommand.MAX_EPOCH_DAY),
            Arbitraries.integers().between(0, 7),
            Arbitraries.longs().between(1, StatusCommand.MAX_EPOCH_SECONDS))
        .as(
            (kind, holder, mix, minutes, doses, day, flags, seconds) -> {
              final Subject subject = new Subject(holder, ~holder);
              final int result = mix / 3;
              return switch (kind) {
                case 0 ->
                    (StatusCommand)
                        StatusCommand.SetStatus.of(subject)
                            .colour(Colour.ofNumber(mix % 3))
                            .test(TestResult.ofNumber(result), result == 0 ? 0 : minutes)
                            .doses(doses)
                            .lastDoseEpochDay(day)
                            .flags(flags)
                            .build();
                case 1 ->
                    new StatusCommand.SetTestResult(
                        subject, TestResult.ofNumber(1 + mix % 2), minutes);
                default -> new StatusCommand.Revoke(subject, seconds);
              };
            })
        .list()
        .ofMinSize(1)
        .ofMaxSize(20);
  }

  /** The same change as an authority makes it. */
  private static StatusChange of(StatusCommand command) {
    final String subject = command.subject().toHex();
    if (command instanceof StatusCommand.SetStatus set) {
      final StatusChange.StatusBuilder status =
          StatusChange.status(subject).colour(set.colour()).doses(set.doses().count());
      if (set.test().result() != TestResult.NONE) {
        status.test(set.test().result(), minutes(set.test().sampleEpochMinutes()));
      }
      if (set.doses().lastEpochDay() != 0) {
        status.lastDose(LocalDate.ofEpochDay(set.doses().lastEpochDay()));
      }
      if ((set.flags() & StatusRecord.VISITOR) != 0) {
        status.visitor();
      }
      if ((set.flags() & StatusRecord.LINKED) != 0) {
        status.linked();
      }
      if ((set.flags() & StatusRecord.DECEASED) != 0) {
        status.deceased();
      }
      return status.build();
    }
    if (command instanceof StatusCommand.SetTestResult test) {
      return StatusChange.test(subject, test.result(), minutes(test.sampleEpochMinutes()));
    }
    final StatusCommand.Revoke revoke = (StatusCommand.Revoke) command;
    return StatusChange.revocation(
        subject, Instant.ofEpochSecond(revoke.revokedBeforeEpochSeconds()));
  }

  private static Instant minutes(int epochMinutes) {
    return Instant.ofEpochSecond(epochMinutes * 60L);
  }

  @Property(tries = 500)
  void aNodeReadsTheChangesThatAnAuthorityWrote(@ForAll("changes") List<StatusCommand> changes) {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    final ArrayNode statuses = body.putArray("statuses");
    changes.forEach(change -> statuses.add(of(change).json()));
    assertEquals(
        changes.stream().map(change -> change.withOrigin(StatusChanges.SIGNER)).toList(),
        StatusChanges.read(body.toString()));
  }

  @Property(tries = 100)
  void aNodeTakesWhatAnAuthorityHasSignedAndNoChangeOfIt(
      @ForAll String text, @ForAll @IntRange(max = 5) int change) {
    final TrustStore authorities = TrustStore.of(new TrustList(List.of(AUTHORITY.issuerKey())));
    final String body = JsonNodeFactory.instance.objectNode().put("text", text).toString();
    final HttpRequest request =
        new AuthorityClient(NODE, AUTHORITY).request("PUT", "/v1/subjects/status", body);
    final Map<String, List<String>> headers = request.headers().map();
    final long now = Instant.now().getEpochSecond();
    assertTrue(
        StatusChanges.isSigned(authorities, now, "PUT", "/v1/subjects/status", body, headers));
    final boolean isTaken =
        switch (change) {
          case 0 ->
              StatusChanges.isSigned(
                  authorities, now, "POST", "/v1/subjects/status", body, headers);
          case 1 -> StatusChanges.isSigned(authorities, now, "PUT", "/v1/groups", body, headers);
          case 2 ->
              StatusChanges.isSigned(
                  authorities, now, "PUT", "/v1/subjects/status", body + " ", headers);
          case 3 ->
              StatusChanges.isSigned(
                  authorities, now + 302, "PUT", "/v1/subjects/status", body, headers);
          case 4 ->
              StatusChanges.isSigned(
                  authorities,
                  now,
                  "PUT",
                  "/v1/subjects/status",
                  body,
                  new AuthorityClient(NODE, OTHER)
                      .request("PUT", "/v1/subjects/status", body)
                      .headers()
                      .map());
          default ->
              StatusChanges.isSigned(
                  authorities, now, "PUT", "/v1/subjects/status", body, Map.of());
        };
    assertFalse(isTaken);
  }
}
