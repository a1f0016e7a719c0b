package gongbei.verifier.node;

import gongbei.codec.file.FaultyFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files that a node works by, and tells of them: what was read again, which file is at
 * fault and why, and what is not read at all, each once for as long as it lasts. Looking is for one
 * thread; {@link #faultyFiles} is for any.
 *
 * <p>Agrona's {@code DistinctErrorLog} would not do here: it tells faults apart by their stack
 * traces and never forgets one, while the fault of a file is its message, told again when it
 * returns.
 */
final class FileFollower {
  private static final Logger LOGGER = LoggerFactory.getLogger(FileFollower.class);

  private final Map<String, FollowedList> lists = new LinkedHashMap<>();
  private final Map<String, String> refusalsTold = new HashMap<>();
  private final Map<String, Set<String>> faultsTold = new HashMap<>();
  private final Set<Path> passedOverTold = new HashSet<>();
  private final Map<String, Integer> faulty = new ConcurrentHashMap<>();

  /** Follows a list, and tells what is wrong with it now. */
  void follow(FollowedList list) {
    lists.put(list.name(), list);
    tell(list);
    faulty.put(list.name(), countOf(list));
  }

  /** The names of all that is followed. */
  Set<String> names() {
    return Set.copyOf(lists.keySet());
  }

  /** How many files of a list are at fault; one that is refused as a whole counts as one. */
  int faultyFiles(String name) {
    return faulty.getOrDefault(name, 0);
  }

  /** Looks at all lists. */
  void look() {
    lists.keySet().forEach(this::look);
  }

  /** Looks at one list. */
  void look(String name) {
    final FollowedList list = lists.get(name);
    final boolean isTaken = attempt(list.what(), list.reload(), list.inForce());
    tell(list);
    faulty.put(name, countOf(list) + (isTaken ? 0 : 1));
  }

  /**
   * Reads something again; a fault leaves what was in force, and is told once.
   *
   * @return whether there was no fault
   */
  boolean attempt(String what, Callable<Boolean> reload, Supplier<String> inForce) {
    try {
      if (reload.call()) {
        LOGGER.info("The {} was read again: {}", what, inForce.get());
      }
      refusalsTold.remove(what);
      return true;
    } catch (Exception e) {
      if (!e.toString().equals(refusalsTold.put(what, e.toString()))) {
        LOGGER.warn("The {} stays as it was: {}", what, e.getMessage());
        LOGGER.debug("The failure in full", e);
      }
      return false;
    }
  }

  private void tell(FollowedList list) {
    final Set<String> now =
        list.faults().get().stream().map(FaultyFile::message).collect(Collectors.toSet());
    final Set<String> told = faultsTold.put(list.name(), now);
    for (final String message : now) {
      if (told == null || !told.contains(message)) {
        LOGGER.warn("Left out of the {}: {}", list.what(), message);
      }
    }
    final List<Path> passedOver = list.passedOver().get();
    for (final Path path : passedOver) {
      if (passedOverTold.add(path)) {
        LOGGER.warn("Not read for the {}: {} has none of the endings", list.what(), path);
      }
    }
  }

  private static int countOf(FollowedList list) {
    return (int) list.faults().get().stream().map(FaultyFile::path).distinct().count();
  }
}
