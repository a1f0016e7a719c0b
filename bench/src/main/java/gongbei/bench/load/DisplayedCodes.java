package gongbei.bench.load;

import gongbei.bench.setup.Population;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.rules.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Codes that a load had displayed, each with its holder and when it came: what is scanned next, and
 * after the run the proof that each is a good code of its holder. For one thread.
 */
final class DisplayedCodes implements Questions {
  /** The life that displays ask for. */
  static final int TTL_SECONDS = 60;

  /** By how much a clock may be off, and an answer late. */
  private static final int SLACK_SECONDS = 10;

  private final List<byte[]> codes = new ArrayList<>();
  private long[] holders = new long[1 << 16];
  private long[] cameEpochSeconds = new long[1 << 16];
  private final PriorityQueue<Shown> shown =
      new PriorityQueue<>(Comparator.comparingLong(Shown::dueNanos));
  private ScanDelay scanDelay = ScanDelay.NONE;
  private byte[] atHand = {};
  private int expected;

  /** A code that waits to be scanned: its number, and from when a scanner sees it. */
  private record Shown(int index, long dueNanos) {}

  /** What can be wrong with a code that was displayed. */
  enum Fault {
    /** It can't be decoded, or is of another format or kind. */
    UNREADABLE,
    /** It is signed by no key that is trusted, or the signature is not that key's. */
    SIGNATURE,
    /** It is another holder's. */
    HOLDER,
    /** It shows a colour that is not the holder's. */
    COLOUR,
    /** It was issued at another time, or lives longer or shorter than was asked for. */
    TIMES,
    /** Its serial was displayed before. */
    SERIAL
  }

  /** Has each code that comes from now on scanned so long after. */
  DisplayedCodes scannedAfter(ScanDelay delay) {
    scanDelay = delay;
    return this;
  }

  /** Takes a code that has come for a holder. */
  void add(long holder, byte[] code) {
    final int index = codes.size();
    if (index == holders.length) {
      holders = Arrays.copyOf(holders, 2 * index);
      cameEpochSeconds = Arrays.copyOf(cameEpochSeconds, 2 * index);
    }
    codes.add(code);
    holders[index] = holder;
    cameEpochSeconds[index] = System.currentTimeMillis() / 1_000;
    shown.add(new Shown(index, System.nanoTime() + scanDelay.nextNanos()));
  }

  /** Returns how many have come. */
  int size() {
    return codes.size();
  }

  /** Whether a code has come that was not scanned yet. */
  boolean hasNext() {
    return !shown.isEmpty();
  }

  /** Whether a scanner sees one now. */
  boolean isDue() {
    return hasNext() && nextDueNanos() <= System.nanoTime();
  }

  /** Returns from when a scanner sees the next one, by {@link System#nanoTime}. */
  long nextDueNanos() {
    return shown.element().dueNanos();
  }

  @Override
  public void next() {
    final int index = shown.remove().index();
    atHand = codes.get(index);
    expected = codeOf(Population.reason(holders[index]));
  }

  private static int codeOf(Reason reason) {
    return ReasonCode.valueOf(reason.name()).value();
  }

  @Override
  public int length() {
    return atHand.length;
  }

  @Override
  public void copyTo(byte[] target, int at) {
    System.arraycopy(atHand, 0, target, at, atHand.length);
  }

  @Override
  public int expected() {
    return expected;
  }

  /**
   * Checks all that have come: form, signature, holder, colour, times, serial.
   *
   * @param trusted the keys that may have signed them
   * @return how many are wrong, by what is wrong first
   */
  Map<Fault, Integer> faults(List<IssuerKey> trusted) {
    final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
    final TrustList list = new TrustList(trusted);
    final FixedBaseEngine engine = new FixedBaseEngine(KeyTables.of(list));
    final SignatureBatch batch = new SignatureBatch(FixedBaseEngine.LOCKSTEP);
    final HealthCode[] decoded = new HealthCode[FixedBaseEngine.LOCKSTEP];
    Arrays.setAll(decoded, i -> new HealthCode());
    final Set<Long> serials = new HashSet<>();
    for (int from = 0; from < codes.size(); from += decoded.length) {
      final int count = Math.min(decoded.length, codes.size() - from);
      batch.clear();
      for (int i = 0; i < count; i++) {
        final byte[] text = codes.get(from + i);
        final HealthCode code = decoded[i];
        if (!code.wrap(text, 0, text.length)
            || code.format() != CodeFormat.GD1
            || code.region().kind() != CodeKind.PERSON) {
          faults.merge(Fault.UNREADABLE, 1, Integer::sum);
          continue;
        }
        final IssuerKey key = list.find(code.cose().kid());
        if (key == null) {
          faults.merge(Fault.SIGNATURE, 1, Integer::sum);
        } else {
          check(from + i, code, serials, faults);
          batch.add(
              key,
              code.cose().signed(),
              0,
              code.cose().signedLength(),
              code.buffer(),
              code.cose().signatureOffset(),
              code.cose().signatureLength());
        }
      }
      engine.verify(batch);
      for (int i = 0; i < batch.size(); i++) {
        if (!batch.outcome(i)) {
          faults.merge(Fault.SIGNATURE, 1, Integer::sum);
        }
      }
    }
    return faults;
  }

  private void check(int index, HealthCode code, Set<Long> serials, Map<Fault, Integer> faults) {
    final byte[] bytes = code.buffer();
    final Subject subject = Subject.of(bytes, code.region().subjectOffset());
    final long issued = code.cwt().issuedAtEpochSeconds();
    if (!subject.equals(Population.subject(holders[index]))) {
      faults.merge(Fault.HOLDER, 1, Integer::sum);
    } else if (code.region().colour() != colour(holders[index])) {
      faults.merge(Fault.COLOUR, 1, Integer::sum);
    } else if (issued > cameEpochSeconds[index] + 1
        || issued < cameEpochSeconds[index] - SLACK_SECONDS
        || code.cwt().expiresAtEpochSeconds() - issued != TTL_SECONDS) {
      faults.merge(Fault.TIMES, 1, Integer::sum);
    } else if (!serials.add(ByteBuffer.wrap(bytes).getLong(code.region().serialOffset()))) {
      faults.merge(Fault.SERIAL, 1, Integer::sum);
    }
  }

  private static Colour colour(long holder) {
    return ((StatusCommand.SetStatus) Population.status(holder)).colour();
  }

  /** Holders who open their wallets, one after the other. */
  static final class Holders implements Questions {
    /** What a code that has come is told by: no reason of the scanner protocol's. */
    static final int DISPLAYED = 200;

    private final long residents;
    private long opened;
    private long atHand;
    private byte[] hex = {};

    /**
     * @param residents how many the node knows
     */
    Holders(long residents) {
      this.residents = residents;
    }

    @Override
    public void next() {
      opened++;
      again(Math.floorMod(Population.stir(opened), residents));
    }

    /** Returns whose wallet is at hand. */
    long atHand() {
      return atHand;
    }

    /** Goes back to a holder whose wallet was opened before. */
    void again(long holder) {
      atHand = holder;
      hex = Population.subject(holder).toHex().getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int length() {
      return hex.length;
    }

    @Override
    public void copyTo(byte[] target, int at) {
      System.arraycopy(hex, 0, target, at, hex.length);
    }

    @Override
    public int expected() {
      return DISPLAYED;
    }
  }
}
