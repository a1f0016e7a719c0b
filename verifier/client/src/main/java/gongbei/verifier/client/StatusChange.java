package gongbei.verifier.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.Colour;
import gongbei.codec.model.HolderFlag;
import gongbei.codec.model.TestResult;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
    final ObjectNode json = of(subject);
    putTest(json, result, sampled);
    return new StatusChange(json);
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
    requireTime("revokeBefore", second);
    return new StatusChange(json.put("revokeBefore", second.toString()));
  }

  private static void putTest(ObjectNode json, TestResult result, Instant sampled) {
    if (result == TestResult.NONE) {
      throw new IllegalArgumentException("result is none, which is no test");
    }
    final Instant minute = sampled.truncatedTo(ChronoUnit.MINUTES);
    requireTime("sampleTime", minute);
    json.put("result", result.wireName()).put("sampleTime", minute.toString());
  }

  private static void requireTime(String field, Instant time) {
    if (time.getEpochSecond() < 1 || time.getEpochSecond() > CodeLimits.MAX_EPOCH_SECONDS) {
      throw new IllegalArgumentException(field + " is " + time + ", not from 1970 to 9999");
    }
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
    private final Set<String> flags = new TreeSet<>();

    private StatusBuilder(ObjectNode json) {
      this.json = json;
    }

    /** Sets what the holder may do. */
    public StatusBuilder colour(Colour colour) {
      json.put("colour", colour.wireName());
      return this;
    }

    /**
     * Sets the holder's newest nucleic-acid test; default none.
     *
     * @param sampled when the sample was taken; counts by the minute
     */
    public StatusBuilder test(TestResult result, Instant sampled) {
      putTest(json, result, sampled);
      return this;
    }

    /** Sets how many vaccine doses the holder has had, 0 to 99; default 0. */
    public StatusBuilder doses(int doses) {
      if (doses < 0 || doses > CodeLimits.MAX_DOSES) {
        throw new IllegalArgumentException(
            "doses is " + doses + ", not from 0 to " + CodeLimits.MAX_DOSES);
      }
      json.put("doses", doses);
      return this;
    }

    /** Sets the day of the last dose; default not known. */
    public StatusBuilder lastDose(LocalDate day) {
      if (day.getYear() < 1970 || day.getYear() > 9999) {
        throw new IllegalArgumentException("lastDoseDate is " + day + ", not from 1970 to 9999");
      }
      json.put("lastDoseDate", day.toString());
      return this;
    }

    /** Marks the holder as a visitor from the other region. */
    public StatusBuilder visitor() {
      flags.add(HolderFlag.VISITOR.wireName());
      return this;
    }

    /** Marks the holder as linked to a subject of the other region. */
    public StatusBuilder linked() {
      flags.add(HolderFlag.LINKED.wireName());
      return this;
    }

    /** Marks the holder as no longer alive. */
    public StatusBuilder deceased() {
      flags.add(HolderFlag.DECEASED.wireName());
      return this;
    }

    /**
     * Makes the change.
     *
     * @throws IllegalArgumentException where the colour was not set
     */
    public StatusChange build() {
      if (!json.has("colour")) {
        throw new IllegalArgumentException("colour is missing");
      }
      final ObjectNode made = json.deepCopy();
      if (!made.has("doses")) {
        made.put("doses", 0);
      }
      if (!flags.isEmpty()) {
        final ArrayNode all = made.putArray("flags");
        flags.forEach(all::add);
      }
      return new StatusChange(made);
    }
  }
}
