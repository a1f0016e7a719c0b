package gongbei.verifier.cli.holder;

import java.util.List;

/**
 * A holder's status as a node shows it, in the order in which it is shown.
 *
 * @param sampleTime of the last test; null where none is known
 * @param lastDoseDate null without a dose
 * @param flags none, or what else is marked of the holder
 * @param until when the colour lapses; null where it does not
 * @param next the colour that follows then; null where that is green
 * @param revokedBefore codes issued before are revoked; null where none are
 */
record HolderView(
    String subject,
    String colour,
    String result,
    String sampleTime,
    int doses,
    String lastDoseDate,
    List<String> flags,
    String until,
    String next,
    String revokedBefore,
    long version,
    long dataAgeMillis) {
  HolderView {
    flags = flags == null ? List.of() : flags;
  }
}
