package gongbei.verifier.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.Colour;
import gongbei.codec.model.HolderFlag;
import gongbei.codec.model.TestResult;
import gongbei.verifier.status.StatusForm;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A change of one holder's status, as an authority asks for it: a whole status, a test, or a
 * revocation of codes. Immutable. A field that is out of its range is an {@link
 * IllegalArgumentException} that names it, when the change is made and not when it is sent.
 *
 * <pre>{@code
 * StatusChange.status("00112233445566778899aabbccddeeff")
 *     .colour(Colour.GREEN)
 *     .test(TestResult.NEGATIVE, Instant.parse("2026-11-24T08:00:00Z"))
 *     .doses(3)
 *     .build();
 * }</pre>
 */
public final class StatusChange {
  private static final Pattern SUBJECT =
      Pattern.compile("[0-9A-Fa-f]{" + 2 * CodeLimits.SUBJECT_BYTES + "}");

  private final ObjectNode json;

  private StatusChange(ObjectNode json) {
    this.json = json;
  }

  private static ObjectNode of(String subject) {
    if (!SUBJECT.matcher(Objects.requireNonNull(subject, "subject")).matches()) {
      throw new IllegalArgumentException("subject is not 32 hexadecimal digits");
    }
    return JsonNodeFactory.instance.objectNode().put("subject", subject);
  }

  /**
   * Begins a change that replaces a holder's whole status, but for what is revoked.
   *
   * @param subject 32 hexadecimal digits
   */
  public static StatusBuilder status(String subject) {
    return new StatusBuilder(of(subject));
  }

  /**
   * Makes a change that records a nucleic-acid test; a positive one turns the holder red.
   *
   * @param subject 32 hexadecimal digits
   * @param sampled when the sample was taken; counts by the minute
   */
  public static StatusChange test(String subject, TestResult result, Instant sampled) {
    final StatusForm status =
        StatusForm.of(Colour.GREEN).test(requireTest(result), minutes(sampled)).build();
    return new StatusChange(
        StatusForm.writeTest(of(subject), status.result(), status.sampleEpochMinutes()));
  }

  /**
   * Makes a change that revokes a holder's codes.
   *
   * @param subject 32 hexadecimal digits
   * @param issuedBefore codes that were issued before this are revoked; counts by the second
   */
  public static StatusChange revocation(String subject, Instant issuedBefore) {
    final ObjectNode json = of(subject);
    final Instant second = issuedBefore.truncatedTo(ChronoUnit.SECONDS);
    if (second.getEpochSecond() < 1 || second.getEpochSecond() > CodeLimits.MAX_EPOCH_SECONDS) {
      throw new IllegalArgumentException("revokeBefore is " + second + ", not from 1970 to 9999");
    }
    return new StatusChange(json.put("revokeBefore", second.toString()));
  }

  private static TestResult requireTest(TestResult result) {
    if (result == TestResult.NONE) {
      throw new IllegalArgumentException("result is none, which is no test");
    }
    return result;
  }

  private static long minutes(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), 60L);
  }

  /**
   * The same change on a ground, a name in the region's table of grounds.
   *
   * @throws IllegalArgumentException where no ground can be called that
   */
  public StatusChange onGround(String ground) {
    return new StatusChange(
        json().put(StatusForm.GROUND, StatusForm.of(Colour.GREEN).ground(ground).build().ground()));
  }

  /** The change as an item of a request's {@code statuses}. */
  ObjectNode json() {
    return json.deepCopy();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StatusChange change && json.equals(change.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return "StatusChange" + json;
  }

  /** A whole status in the making. Its colour is needed; everything else has a default. */
  public static final class StatusBuilder {
    private final ObjectNode json;
    private final StatusForm.Builder form = StatusForm.of(Colour.GREEN);
    private boolean hasColour;

    private StatusBuilder(ObjectNode json) {
      this.json = json;
    }

    /** Sets what the holder may do. */
    public StatusBuilder colour(Colour colour) {
      form.colour(colour);
      hasColour = true;
      return this;
    }

    /**
     * Sets the holder's newest nucleic-acid test; default none.
     *
     * @param sampled when the sample was taken; counts by the minute
     */
    public StatusBuilder test(TestResult result, Instant sampled) {
      form.test(requireTest(result), minutes(sampled));
      return this;
    }

    /** Sets how many vaccine doses the holder has had, 0 to 99; default 0. */
    public StatusBuilder doses(int doses) {
      form.doses(doses);
      return this;
    }

    /** Sets the day of the last dose; default not known. */
    public StatusBuilder lastDose(LocalDate day) {
      form.lastDose(day);
      return this;
    }

    /** Marks the holder as a visitor from the other region. */
    public StatusBuilder visitor() {
      form.flag(HolderFlag.VISITOR.wireName());
      return this;
    }

    /** Marks the holder as linked to a subject of the other region. */
    public StatusBuilder linked() {
      form.flag(HolderFlag.LINKED.wireName());
      return this;
    }

    /** Marks the holder as no longer alive. */
    public StatusBuilder deceased() {
      form.flag(HolderFlag.DECEASED.wireName());
      return this;
    }

    /** Sets the ground, a name in the region's table of grounds; default the table's own. */
    public StatusBuilder ground(String name) {
      form.ground(name);
      return this;
    }

    /**
     * Sets when a colour that is not green lapses; default the longest that the ground allows, or a
     * refusal, as the ground has it.
     *
     * @param end counts by the minute
     */
    public StatusBuilder until(Instant end) {
      form.untilEpochMinutes(minutes(end));
      return this;
    }

    /** Sets the colour that follows then, milder than the one that lapses; default green. */
    public StatusBuilder next(Colour colour) {
      form.next(colour);
      return this;
    }

    /**
     * Makes the change.
     *
     * @throws IllegalArgumentException where the colour was not set, or a field does not go with
     *     the others
     */
    public StatusChange build() {
      if (!hasColour) {
        throw new IllegalArgumentException("colour is missing");
      }
      return new StatusChange(form.build().writeInto(json.deepCopy()));
    }
  }
}
