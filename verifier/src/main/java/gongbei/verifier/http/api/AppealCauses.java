package gongbei.verifier.http.api;

import gongbei.replication.command.Appeal;

/** Finds the change that has made a holder yellow or red, which is what they appeal. */
interface AppealCauses {
  /** Knows the last change of a holder's status alone, and not who made it. */
  AppealCauses LAST_CHANGE =
      holder -> new Change(holder.status().version(), new Appeal.Cause(0, 0));

  /** The change that a holder's colour is of. */
  Change of(HolderProof.Holder holder);

  /**
   * A change of a holder's status.
   *
   * @param version its version
   * @param cause who made it, as far as that is known
   */
  record Change(long version, Appeal.Cause cause) {
    /** Whether it is known to be the one that the colour is of. */
    boolean isKnown() {
      return cause.authority() != 0 || cause.ground() != 0;
    }
  }
}
