package gongbei.verifier.http.api;

import gongbei.replication.command.Applied;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.status.StatusForm;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the table of grounds refuses, in the words of a request: which field is at fault, and why.
 * The log alone decides; here it is told.
 */
final class GroundRefusals {
  private static final String SIGNATURE = "Signature";

  /** The narrower of a ceiling's windows, in which it slides. */
  private static final String HOUR_SECONDS = "3600";

  private GroundRefusals() {}

  /**
   * The field for which a change was refused; empty where it was not by the table of grounds.
   *
   * @param command the change
   */
  static Optional<String> field(
      Applied.Outcome outcome, StatusCommand command, Supplier<GroundTable> table) {
    return switch (outcome) {
      case GROUND_UNKNOWN, CEILING_REACHED -> Optional.of(StatusForm.GROUND);
      case GROUND_NOT_YOURS ->
          Optional.of(isForSigners(command, table.get()) ? StatusForm.COLOUR : StatusForm.GROUND);
      case UNTIL_MISSING, UNTIL_TOO_FAR ->
          Optional.of(
              command instanceof StatusCommand.Revoke
                  ? StatusResource.REVOKE_BEFORE
                  : StatusForm.UNTIL);
      case POSITIVE_TEST_MISSING -> Optional.of(StatusForm.RESULT);
      case SECOND_SIGNATURE_MISSING -> Optional.of(SIGNATURE);
      default -> Optional.empty();
    };
  }

  private static boolean isForSigners(StatusCommand command, GroundTable table) {
    final Ground ground = ground(command, table);
    final ChangeOrigin origin = command.origin();
    return ground != null
        && ground.signers().allows(origin.authority())
        && (origin.secondAuthority() == 0 || ground.signers().allows(origin.secondAuthority()));
  }

  private static Ground ground(StatusCommand command, GroundTable table) {
    return table.find(
        command.origin().ground() != 0
            ? command.origin().ground()
            : command instanceof StatusCommand.SetTestResult
                ? GroundTable.LAB_RESULT
                : GroundTable.REGISTRY);
  }

  /** The refusal of one change; empty where it was not by the table of grounds. */
  static Optional<Problem> problem(
      Applied.Outcome outcome, StatusCommand command, Supplier<GroundTable> table) {
    return field(outcome, command, table)
        .map(field -> problem(outcome, field, Optional.ofNullable(ground(command, table.get()))));
  }

  private static Problem problem(Applied.Outcome outcome, String field, Optional<Ground> ground) {
    final String name = ground.map(each -> "the ground " + each.name()).orElse("that ground");
    return switch (outcome) {
      case GROUND_UNKNOWN -> unprocessable(outcome, field, "is not in the table of grounds");
      case GROUND_NOT_YOURS ->
          Problem.ofHeader(
              403,
              typeOf(outcome),
              field,
              field.equals(StatusForm.COLOUR)
                  ? "is none that " + name + " may set"
                  : "is not for whoever signed: " + name + " names its authorities");
      case UNTIL_MISSING ->
          unprocessable(outcome, field, "is missing, and " + name + " gives no end");
      case UNTIL_TOO_FAR ->
          unprocessable(
              outcome,
              field,
              "is later than "
                  + name
                  + " allows"
                  + ground
                      .map(each -> ": " + each.term().longestMinutes() + " minutes from now")
                      .orElse(""));
      case POSITIVE_TEST_MISSING ->
          unprocessable(
              outcome,
              field,
              "is not positive, nor is one known that counts: "
                  + name
                  + " stops nobody without a positive test");
      case SECOND_SIGNATURE_MISSING ->
          secondSignatureMissing(name + " wants a second authority's signature");
      default ->
          Problem.ofHeader(
                  429,
                  typeOf(outcome),
                  field,
                  "has reached its ceiling: this authority has stopped as many holders by "
                      + name
                      + " as it may"
                      + ground
                          .map(
                              each ->
                                  ": "
                                      + each.ceiling().hourly()
                                      + " in an hour, "
                                      + each.ceiling().daily()
                                      + " in a day (0: no ceiling)")
                          .orElse(""))
              .with("Retry-After", HOUR_SECONDS);
    };
  }

  /** The refusal of what one authority alone has signed. */
  static Problem secondSignatureMissing(String why) {
    return Problem.ofHeader(
        403,
        typeOf(Applied.Outcome.SECOND_SIGNATURE_MISSING),
        SIGNATURE,
        "is by one authority alone: " + why);
  }

  /** The refusal of a name that is none in the table. */
  static Problem unknown(String place, String name) {
    return Problem.unprocessable(
        typeOf(Applied.Outcome.GROUND_UNKNOWN),
        place,
        "is " + name + ", which is not in the table of grounds");
  }

  /** The refusal of the ground of translated codes, which has no ceiling, to a request. */
  static Problem forVisitsAlone(String place, String name) {
    return Problem.ofHeader(
        403,
        typeOf(Applied.Outcome.GROUND_NOT_YOURS),
        place,
        "is " + name + ", which is for codes of the other region alone");
  }

  private static Problem unprocessable(Applied.Outcome outcome, String field, String reason) {
    return Problem.unprocessable(typeOf(outcome), field, reason);
  }

  /** As in {@code ground-unknown}. */
  static String typeOf(Applied.Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
