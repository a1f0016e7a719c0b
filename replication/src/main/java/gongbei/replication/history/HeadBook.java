package gongbei.replication.history;

import gongbei.codec.signature.CodeSigner;
import gongbei.codec.transparency.Frontier;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TileDirectory;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TreeHead;
import gongbei.codec.trust.SigningKey;
import java.io.IOException;
import java.util.Optional;

/**
 * The newest signed head and that of the newest snapshot: signs them, and keeps them in files
 * before anybody is shown them. Signing is for one thread, reading for any.
 */
final class HeadBook {
  private final HistorySettings settings;
  private final StorePlace place;
  private final String origin;
  private CodeSigner signer;
  private volatile Optional<SignedHead> newest;
  private volatile Optional<SignedHead> ofSnapshot;

  /**
   * Reads the heads that are there.
   *
   * @throws TransparencyException where one is not as it was written
   */
  HeadBook(HistorySettings settings, StorePlace place) throws IOException, TransparencyException {
    this.settings = settings;
    this.place = place;
    origin = settings.region().map(TreeHead::originOf).orElse("");
    newest = read(TileDirectory.HEAD);
    ofSnapshot = read(TileDirectory.SNAPSHOT_HEAD);
  }

  private Optional<SignedHead> read(String name) throws IOException, TransparencyException {
    final Optional<String> note = place.text(name);
    return note.isPresent() ? Optional.of(SignedHead.of(note.get())) : Optional.empty();
  }

  Optional<SignedHead> newest() {
    return newest;
  }

  Optional<SignedHead> ofSnapshot() {
    return ofSnapshot;
  }

  /** The size of the newest head; 0 where there is none. */
  long size() {
    return newest.map(head -> head.head().size()).orElse(0L);
  }

  /** Whether there is a key to sign with now. */
  Optional<SigningKey> key() {
    return settings.keys().get();
  }

  boolean forces() {
    return settings.forces();
  }

  /**
   * Signs the head of a tree and shows it.
   *
   * @throws IOException where it can't be kept: it is then not shown
   */
  void sign(Frontier tree, SigningKey key, boolean isOfSnapshot) throws IOException {
    if (signer == null || !signer.key().equals(key)) {
      signer = new CodeSigner(key);
    }
    final SignedHead head =
        SignedHead.sign(
            new TreeHead(origin, tree.size(), tree.root(), settings.epochSeconds().getAsLong()),
            signer);
    if (newest.isEmpty() || head.head().size() != size()) {
      place.text(TileDirectory.HEAD, head.note());
    }
    newest = Optional.of(head);
    if (isOfSnapshot) {
      place.text(TileDirectory.SNAPSHOT_HEAD, head.note());
      ofSnapshot = Optional.of(head);
    }
  }
}
