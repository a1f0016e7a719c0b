package gongbei.verifier.cli.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import gongbei.verifier.cli.holder.AppealView;
import java.util.List;

/**
 * A holder's history as a node shows it; nothing in it is proven yet.
 *
 * @param head the signed head that the proofs are to; null where there is none yet
 * @param complete whether the changes go back to the first that was known of the holder
 */
record HolderHistory(
    String colour,
    long version,
    String head,
    boolean complete,
    List<Change> changes,
    List<AppealView> appeals) {
  HolderHistory {
    changes = changes == null ? List.of() : changes;
    appeals = appeals == null ? List.of() : appeals;
  }

  /**
   * A change.
   *
   * @param entry the history's entry of it, in base64
   * @param authorityName of the certificate of the key that signed; null where it is not known
   * @param setsColourOrDefault whether it says anything of the colour; true where it is left out
   * @param proof that the entry is in the history of the head, in base64; null where there is none
   */
  record Change(
      long version,
      String ground,
      String entry,
      String authorityName,
      String secondAuthorityName,
      @JsonProperty("setsColour") Boolean setsColourOrDefault,
      List<String> proof) {
    boolean setsColour() {
      return setsColourOrDefault == null || setsColourOrDefault;
    }
  }
}
