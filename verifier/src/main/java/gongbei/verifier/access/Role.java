package gongbei.verifier.access;

import java.util.Locale;

/** What somebody who asks over HTTP may do: see {@code AccessTable} for which requests that is. */
public enum Role {
  /** Has codes evaluated, and takes what a checkpoint without a network needs. */
  CHECKPOINT,
  /** Has codes minted that live for a screen's time, and translated. */
  ISSUER,
  /** Has codes minted and printed that live on paper, for up to a year. */
  PAPER,
  /** Changes statuses, links, groups and rulesets; signs each change besides. */
  AUTHORITY,
  /** Sees figures and the audit log. */
  OPERATOR,
  /** Sees who changes colours, on what grounds and how many: nothing of one holder. */
  AUDITOR;

  /** The name in files and in messages. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of a name.
   *
   * @throws IllegalArgumentException where there is none of that name
   */
  public static Role ofWireName(String name) {
    for (final Role role : values()) {
      if (role.wireName().equals(name)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "'" + name + "' is no role: checkpoint, issuer, paper, authority, operator, auditor are");
  }
}
