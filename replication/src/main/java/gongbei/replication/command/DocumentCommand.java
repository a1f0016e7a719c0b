package gongbei.replication.command;

import gongbei.codec.code.CodeLimits;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.Subject;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A change of what the log keeps beside the holders: a link between the subjects of one person in
 * two regions, a group, a ruleset, the nonce of a signed request, the table of grounds, an appeal,
 * the switch of minting.
 *
 * @param kind what it is
 * @param name what it is put under, 1 to {@link #MAX_NAME_BYTES} bytes
 * @param content what stands there from now on, up to {@link #MAX_CONTENT_BYTES} bytes
 * @param revision its author's number, from 1: where what stands there has one that is no less,
 *     nothing changes; 0 where its author does not number
 * @param origin who answers for it
 */
public record DocumentCommand(
    Kind kind, byte[] name, byte[] content, long revision, ChangeOrigin origin) {
  /** The most bytes of a name. */
  public static final int MAX_NAME_BYTES = 64;

  /** The most bytes of a document. */
  public static final int MAX_CONTENT_BYTES = 60_000;

  /** The bytes that stand for a nonce. */
  public static final int NONCE_BYTES = 16;

  private static final int MAX_GROUP_BYTES = CodeLimits.MAX_GROUP_SIZE * Subject.BYTES;

  public DocumentCommand {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(origin, "origin");
    if (revision < 0) {
      throw new IllegalArgumentException("revision is " + revision + ", not 0 or more");
    }
    requireLength("name", name.length, 1, MAX_NAME_BYTES);
    requireLength("content", content.length, 0, MAX_CONTENT_BYTES);
    if (kind == Kind.LINK) {
      requireLength("name", name.length, Subject.BYTES, Subject.BYTES);
      if (content.length != 0) {
        requireLength("content", content.length, Link.BYTES, Link.BYTES);
      }
    }
    if (kind == Kind.NONCE) {
      requireLength("name", name.length, NONCE_BYTES, NONCE_BYTES);
      requireLength("content", content.length, 0, 0);
      if (revision == 0) {
        throw new IllegalArgumentException("revision is 0, not the second of a nonce");
      }
    }
    if (kind == Kind.APPEAL && Appeal.of(name, content).isEmpty()) {
      throw new IllegalArgumentException("content is no appeal");
    }
    if (kind == Kind.GUARDIAN) {
      requireLength("name", name.length, Guardianship.NAME_BYTES, Guardianship.NAME_BYTES);
      if (content.length != 0 && Guardianship.of(name, content).isEmpty()) {
        throw new IllegalArgumentException("content is no guardianship");
      }
    }
    if (kind == Kind.GROUP) {
      requireLength("name", name.length, Subject.BYTES, Subject.BYTES);
      requireLength("content", content.length, 0, MAX_GROUP_BYTES);
      if (content.length % Subject.BYTES != 0) {
        throw new IllegalArgumentException("content is not whole subjects of 16 bytes");
      }
    }
  }

  /** A change for which nobody is named: see {@link #withOrigin}. */
  public DocumentCommand(Kind kind, byte[] name, byte[] content, long revision) {
    this(kind, name, content, revision, ChangeOrigin.NONE);
  }

  /** The same change, for which somebody answers. */
  public DocumentCommand withOrigin(ChangeOrigin answering) {
    return new DocumentCommand(kind, name, content, revision, answering);
  }

  /**
   * Puts a link under the other region's subject. One that was consented to no later than what
   * stands there, or than its withdrawal, changes nothing.
   *
   * @param other the person as the other region knows them
   */
  public static DocumentCommand link(Subject other, Link link) {
    return new DocumentCommand(
        Kind.LINK, other.toBytes(), link.toBytes(), 2 * link.consentedAtEpochSeconds());
  }

  /** Takes away what was consented to up to a second, that second included. */
  public static DocumentCommand withdrawal(Subject other, long atEpochSeconds) {
    return new DocumentCommand(Kind.LINK, other.toBytes(), new byte[0], 2 * atEpochSeconds + 1);
  }

  /**
   * Lets a guardian show the codes of a ward. One that was consented to no later than what stands
   * there, or than its withdrawal, changes nothing.
   */
  public static DocumentCommand guardianship(Guardianship link) {
    return new DocumentCommand(
        Kind.GUARDIAN,
        Guardianship.nameOf(link.guardian(), link.ward()),
        link.toBytes(),
        2 * link.consentedAtEpochSeconds());
  }

  /** Ends what a guardian has consented to up to a second, that second included. */
  public static DocumentCommand guardianshipEnd(
      Subject guardian, Subject ward, long atEpochSeconds) {
    return new DocumentCommand(
        Kind.GUARDIAN, Guardianship.nameOf(guardian, ward), new byte[0], 2 * atEpochSeconds + 1);
  }

  /**
   * Puts a group under its id of 16 bytes.
   *
   * @param members the subjects of its members, one after the other; none where it is dissolved
   */
  public static DocumentCommand group(Subject id, byte[] members) {
    return new DocumentCommand(Kind.GROUP, id.toBytes(), members, 0);
  }

  /** Puts a ruleset under its name, where it is newer than what stands there. */
  public static DocumentCommand ruleset(String name, int version, String yaml) {
    return new DocumentCommand(
        Kind.RULESET,
        name.getBytes(StandardCharsets.UTF_8),
        yaml.getBytes(StandardCharsets.UTF_8),
        version);
  }

  /** Puts the table of grounds, where it is newer than what stands there. */
  public static DocumentCommand grounds(GroundTable table) {
    return new DocumentCommand(
        Kind.GROUNDS,
        GroundTable.NAME.getBytes(StandardCharsets.US_ASCII),
        table.toBytes(),
        table.revision());
  }

  /**
   * Opens an appeal, or refuses one that is open: a decision carries what was appealed with it, and
   * only its decision counts. One is granted by the change that corrects the holder's colour.
   */
  public static DocumentCommand appeal(Appeal appeal) {
    return new DocumentCommand(Kind.APPEAL, Appeal.nameOf(appeal.version()), appeal.toBytes(), 0);
  }

  /**
   * Puts the entry rules of a country under its name, or the value sets of all under theirs, where
   * they are newer than what stands there.
   *
   * @param content deflated JSON: for the log it is bytes
   */
  public static DocumentCommand nationalRules(String name, long revision, byte[] content) {
    return new DocumentCommand(
        Kind.NATIONAL_RULES, name.getBytes(StandardCharsets.UTF_8), content, revision);
  }

  /** Says whether minting is degraded, where that is newer than what stands there. */
  public static DocumentCommand minting(MintingSwitch minting) {
    return new DocumentCommand(
        Kind.MINTING,
        MintingSwitch.NAME.getBytes(StandardCharsets.US_ASCII),
        minting.toBytes(),
        minting.revision());
  }

  /**
   * Puts a list of revoked foreign codes, or what is known of where such lists come from, under its
   * name, where it is newer than what stands there.
   *
   * @param content of no bytes where it is withdrawn
   */
  public static DocumentCommand revocations(String name, long revision, byte[] content) {
    return new DocumentCommand(
        Kind.REVOCATIONS, name.getBytes(StandardCharsets.UTF_8), content, revision);
  }

  /**
   * Takes a signed request's nonce, as logs before the fourth version of the protocol have it; from
   * the fifth on it is no command.
   *
   * @param digest 16 bytes that tell the signer and the nonce from all others
   * @param madeAtEpochSeconds when the request was signed, from 1 on
   */
  public static DocumentCommand nonce(byte[] digest, long madeAtEpochSeconds) {
    return new DocumentCommand(Kind.NONCE, digest, new byte[0], madeAtEpochSeconds);
  }

  private static void requireLength(String field, int length, int least, int greatest) {
    if (length < least || length > greatest) {
      throw new IllegalArgumentException(
          field + " is of " + length + " bytes, not from " + least + " to " + greatest);
    }
  }

  /** What a document is. */
  public enum Kind {
    /** From a subject of the other region to this one's: a {@link Link}, or nothing. */
    LINK(CommandKind.LINK),
    /** A group of holders: their subjects, one after the other. */
    GROUP(CommandKind.GROUP),
    /** The rules of a kind of checkpoint, YAML. */
    RULESET(CommandKind.RULESET),
    /** That a signed request has been taken: nothing, under what stands for its nonce. */
    NONCE(CommandKind.NONCE),
    /** The table of grounds, under its one name: see {@link GroundTable}. */
    GROUNDS(CommandKind.GROUNDS),
    /** An {@link Appeal}, under the version of the change that is appealed. */
    APPEAL(CommandKind.APPEAL),
    /** The entry rules of a country, or the value sets of all. */
    NATIONAL_RULES(CommandKind.NATIONAL_RULES),
    /** Whether minting is degraded, under its one name: a {@link MintingSwitch}. */
    MINTING(CommandKind.MINTING),
    /** A list of revoked foreign codes, where such lists come from, or nothing. */
    REVOCATIONS(CommandKind.REVOCATIONS),
    /** A {@link Guardianship} under the subjects of guardian and ward, or nothing. */
    GUARDIAN(CommandKind.GUARDIAN);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }
}
