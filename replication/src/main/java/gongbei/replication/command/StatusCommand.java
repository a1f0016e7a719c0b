package gongbei.replication.command;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import java.util.Objects;

/**
 * A change to the status map, as an authority asks for it and as the log orders it. Every field is
 * checked when the command is made: a fault is an {@link IllegalArgumentException} that names it.
 */
public sealed interface StatusCommand {
  /** The latest second that a command may name: 9999-12-31T23:59:59Z. */
  long MAX_EPOCH_SECONDS = StatusRecord.MAX_EPOCH_SECONDS;

  /** The latest day that a command may name: 9999-12-31. */
  int MAX_EPOCH_DAY = StatusRecord.MAX_EPOCH_DAY;

  /** Whose status is changed. */
  Subject subject();

  /** Who answers for it, and on what ground. */
  ChangeOrigin origin();

  /** The same change, for which somebody answers. */
  StatusCommand withOrigin(ChangeOrigin origin);

  /** The version that the holder must be at; 0 for any. */
  default long ifVersion() {
    return 0;
  }

  /**
   * A nucleic-acid test.
   *
   * @param sampleEpochMinutes when the sample was taken, in minutes since 1970 UTC; 0 if and only
   *     if the result is {@link TestResult#NONE}
   */
  record SampledTest(TestResult result, int sampleEpochMinutes) {
    /** No test is known. */
    public static final SampledTest NONE = new SampledTest(TestResult.NONE, 0);

    public SampledTest {
      Objects.requireNonNull(result, "result");
      requireRange("sampleEpochMinutes", sampleEpochMinutes, 0, Integer.MAX_VALUE);
      if ((result == TestResult.NONE) != (sampleEpochMinutes == 0)) {
        throw new IllegalArgumentException(
            "sampleEpochMinutes must be given with a result, and only with one");
      }
    }
  }

  /**
   * Vaccine doses.
   *
   * @param count 0 to 99
   * @param lastEpochDay the day of the last dose, in days since 1970; 0 where not known
   */
  record Doses(int count, int lastEpochDay) {
    /** No dose is known. */
    public static final Doses NONE = new Doses(0, 0);

    public Doses {
      requireRange("doses", count, 0, StatusRecord.MAX_DOSES);
      requireRange("lastDoseEpochDay", lastEpochDay, 0, MAX_EPOCH_DAY);
    }
  }

  /**
   * On what terms a colour is set.
   *
   * @param origin who answers for it, and on what ground
   * @param untilEpochMinutes when the colour ends, in minutes since 1970, up to {@link
   *     StatusRecord#MAX_UNTIL_EPOCH_MINUTES}; 0 where that is not said
   * @param next the colour that follows then: green, or yellow after red for {@link
   *     StatusRecord#NEXT_MINUTES}
   * @param ifVersion the version that the holder must be at, so that nothing is lost that was
   *     changed meanwhile; 0 for any
   */
  record Terms(ChangeOrigin origin, int untilEpochMinutes, Colour next, long ifVersion) {
    /** Nobody is named, and nothing said of an end. */
    public static final Terms NONE = new Terms(ChangeOrigin.NONE, 0, Colour.GREEN, 0);

    public Terms {
      Objects.requireNonNull(origin, "origin");
      Objects.requireNonNull(next, "next");
      requireRange("until", untilEpochMinutes, 0, StatusRecord.MAX_UNTIL_EPOCH_MINUTES);
      requireRange("ifVersion", ifVersion, 0, Long.MAX_VALUE);
    }
  }

  /**
   * Replaces a holder's whole status, but for what is revoked. A test whose sample is older than
   * the one known is superseded: the known one stays, and where it is positive the holder gets no
   * greener. A positive test that is not known yet turns the holder red, whatever the colour; a
   * better colour ends one that is known.
   *
   * @param flags bits of {@link StatusRecord#ALL_FLAGS}
   * @param terms who answers for it and when the colour ends; a green one has no end
   */
  record SetStatus(
      Subject subject, Colour colour, SampledTest test, Doses doses, int flags, Terms terms)
      implements StatusCommand {
    public SetStatus {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(colour, "colour");
      Objects.requireNonNull(test, "test");
      Objects.requireNonNull(doses, "doses");
      requireRange("flags", flags, 0, StatusRecord.ALL_FLAGS);
      Objects.requireNonNull(terms, "terms");
      if (colour == Colour.GREEN && terms.untilEpochMinutes() != 0) {
        throw new IllegalArgumentException("until does not go with green, which has no end");
      }
      if (terms.next() != Colour.GREEN && terms.next().compareTo(colour) >= 0) {
        throw new IllegalArgumentException(
            "next is " + terms.next() + ", which is no better than " + colour);
      }
    }

    @Override
    public ChangeOrigin origin() {
      return terms.origin();
    }

    @Override
    public long ifVersion() {
      return terms.ifVersion();
    }

    /** When the colour ends, in minutes since 1970; 0 where that is not said. */
    public int untilEpochMinutes() {
      return terms.untilEpochMinutes();
    }

    /** The colour that follows at the end. */
    public Colour next() {
      return terms.next();
    }

    @Override
    public SetStatus withOrigin(ChangeOrigin origin) {
      return new SetStatus(
          subject,
          colour,
          test,
          doses,
          flags,
          new Terms(origin, terms.untilEpochMinutes(), terms.next(), terms.ifVersion()));
    }

    /** Begins the status of a holder: green, without test, doses and flags. */
    public static Builder of(Subject subject) {
      return new Builder(subject);
    }

    /** The status of a holder, field by field. */
    public static final class Builder {
      private final Subject subject;
      private Colour colour = Colour.GREEN;
      private SampledTest test = SampledTest.NONE;
      private int doses;
      private int lastDoseEpochDay;
      private int flags;
      private ChangeOrigin origin = ChangeOrigin.NONE;
      private int until;
      private Colour next = Colour.GREEN;
      private long ifVersion;

      private Builder(Subject subject) {
        this.subject = subject;
      }

      /** Sets the colour. */
      public Builder colour(Colour value) {
        colour = value;
        return this;
      }

      /**
       * Sets the last nucleic-acid test.
       *
       * @param sampleEpochMinutes when the sample was taken; 0 if and only if there is no result
       */
      public Builder test(TestResult result, int sampleEpochMinutes) {
        test = new SampledTest(result, sampleEpochMinutes);
        return this;
      }

      /** Sets how many vaccine doses were given, 0 to 99. */
      public Builder doses(int value) {
        doses = value;
        return this;
      }

      /** Sets the day of the last vaccine dose, in days since 1970; 0 where not known. */
      public Builder lastDoseEpochDay(int value) {
        lastDoseEpochDay = value;
        return this;
      }

      /** Sets the bits of {@link StatusRecord#ALL_FLAGS}. */
      public Builder flags(int value) {
        flags = value;
        return this;
      }

      /** Sets who answers for it, and on what ground. */
      public Builder origin(ChangeOrigin value) {
        origin = value;
        return this;
      }

      /** Sets when the colour ends, in minutes since 1970; 0 where that is not said. */
      public Builder until(int epochMinutes) {
        until = epochMinutes;
        return this;
      }

      /** Sets the colour that follows at the end; green by default. */
      public Builder next(Colour value) {
        next = value;
        return this;
      }

      /** Sets the version that the holder must be at; 0, the default, for any. */
      public Builder ifVersion(long version) {
        ifVersion = version;
        return this;
      }

      /**
       * Makes the command.
       *
       * @throws IllegalArgumentException when a field is out of its range; it names the field
       */
      public SetStatus build() {
        return new SetStatus(
            subject,
            colour,
            test,
            new Doses(doses, lastDoseEpochDay),
            flags,
            new Terms(origin, until, next, ifVersion));
      }
    }
  }

  /**
   * Records a nucleic-acid test; one whose sample is older than the one known changes nothing. A
   * positive result turns the holder red.
   *
   * @param result negative or positive
   * @param sampleEpochMinutes when the sample was taken, in minutes since 1970 UTC
   * @param origin who answers for it, and on what ground
   */
  record SetTestResult(
      Subject subject, TestResult result, int sampleEpochMinutes, ChangeOrigin origin)
      implements StatusCommand {
    public SetTestResult {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(origin, "origin");
      requireRange(
          "result", result.number(), StatusRecord.RESULT_NEGATIVE, StatusRecord.RESULT_POSITIVE);
      requireRange("sampleEpochMinutes", sampleEpochMinutes, 0, Integer.MAX_VALUE);
      if (sampleEpochMinutes == 0) {
        throw new IllegalArgumentException(
            "sampleEpochMinutes must be given with a result, and only with one");
      }
    }

    /** A test for which nobody is named. */
    public SetTestResult(Subject subject, TestResult result, int sampleEpochMinutes) {
      this(subject, result, sampleEpochMinutes, ChangeOrigin.NONE);
    }

    @Override
    public SetTestResult withOrigin(ChangeOrigin answering) {
      return new SetTestResult(subject, result, sampleEpochMinutes, answering);
    }
  }

  /**
   * Revokes a holder's codes issued before a second; never moves an earlier revocation back.
   *
   * @param revokedBeforeEpochSeconds codes whose {@code iat} is before this are revoked
   * @param origin who answers for it, and on what ground
   */
  record Revoke(Subject subject, long revokedBeforeEpochSeconds, ChangeOrigin origin)
      implements StatusCommand {
    public Revoke {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(origin, "origin");
      requireRange("revokedBeforeEpochSeconds", revokedBeforeEpochSeconds, 1, MAX_EPOCH_SECONDS);
    }

    /** A revocation for which nobody is named. */
    public Revoke(Subject subject, long revokedBeforeEpochSeconds) {
      this(subject, revokedBeforeEpochSeconds, ChangeOrigin.NONE);
    }

    @Override
    public Revoke withOrigin(ChangeOrigin answering) {
      return new Revoke(subject, revokedBeforeEpochSeconds, answering);
    }
  }

  /**
   * Records what a translated code of the other region says of a holder. A code that was issued
   * before another that was translated for them changes nothing. Who is not known becomes known by
   * it. Of who is known it can only make worse what was said here: the worse colour, the newer
   * test, the greater number of doses; where nobody here has said anything since the last such
   * code, the colour and doses of a newer one replace those of that one, and of two of the same
   * second the worse count. A positive test turns the holder red, unless a newer one is known.
   *
   * @param doses vaccine doses, 0 to 99
   * @param linked whether the holder is one of this region, by a link; else a visitor
   * @param source where the code comes from
   */
  record Visit(
      Subject subject, Colour colour, SampledTest test, int doses, boolean linked, Source source)
      implements StatusCommand {
    /**
     * Where a translated code comes from.
     *
     * @param epochSeconds when the other region issued it, 1 to {@link
     *     StatusRecord#MAX_SOURCE_EPOCH_SECONDS}
     * @param origin whose key signed it, and on what ground its colour is taken over
     */
    public record Source(long epochSeconds, ChangeOrigin origin) {
      public Source {
        requireRange("sourceEpochSeconds", epochSeconds, 1, StatusRecord.MAX_SOURCE_EPOCH_SECONDS);
        Objects.requireNonNull(origin, "origin");
      }
    }

    public Visit {
      Objects.requireNonNull(subject, "subject");
      Objects.requireNonNull(colour, "colour");
      Objects.requireNonNull(test, "test");
      requireRange("doses", doses, 0, StatusRecord.MAX_DOSES);
      Objects.requireNonNull(source, "source");
    }

    /** When the other region issued the code, in seconds since 1970. */
    public long sourceEpochSeconds() {
      return source.epochSeconds();
    }

    @Override
    public ChangeOrigin origin() {
      return source.origin();
    }

    @Override
    public Visit withOrigin(ChangeOrigin origin) {
      return new Visit(
          subject, colour, test, doses, linked, new Source(source.epochSeconds(), origin));
    }

    /** Begins a visit: of a green visitor without test and doses. */
    public static Builder of(Subject subject) {
      return new Builder(subject);
    }

    /** A visit, field by field. */
    public static final class Builder {
      private final Subject subject;
      private Colour colour = Colour.GREEN;
      private SampledTest test = SampledTest.NONE;
      private int doses;
      private boolean linked;
      private long sourceEpochSeconds;
      private ChangeOrigin origin = ChangeOrigin.NONE;

      private Builder(Subject subject) {
        this.subject = subject;
      }

      /** Sets the colour that the code says. */
      public Builder colour(Colour value) {
        colour = value;
        return this;
      }

      /**
       * Sets the nucleic-acid test that the code says.
       *
       * @param sampleEpochMinutes when the sample was taken; 0 if and only if there is no result
       */
      public Builder test(TestResult result, int sampleEpochMinutes) {
        test = new SampledTest(result, sampleEpochMinutes);
        return this;
      }

      /** Sets how many vaccine doses the code says, 0 to 99. */
      public Builder doses(int value) {
        doses = value;
        return this;
      }

      /** Sets whether the holder is one of this region, by a link. */
      public Builder linked(boolean value) {
        linked = value;
        return this;
      }

      /** Sets when the other region issued the code, in seconds since 1970. */
      public Builder sourceEpochSeconds(long value) {
        sourceEpochSeconds = value;
        return this;
      }

      /** Sets whose key signed the code, and on what ground its colour is taken over. */
      public Builder origin(ChangeOrigin value) {
        origin = value;
        return this;
      }

      /**
       * Makes the command.
       *
       * @throws IllegalArgumentException when a field is out of its range; it names the field
       */
      public Visit build() {
        return new Visit(
            subject, colour, test, doses, linked, new Source(sourceEpochSeconds, origin));
      }
    }
  }

  private static void requireRange(String field, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new IllegalArgumentException(
          field + " is " + value + ", not from " + least + " to " + greatest);
    }
  }
}
