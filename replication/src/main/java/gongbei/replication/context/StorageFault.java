package gongbei.replication.context;

import io.aeron.archive.client.ArchiveException;
import java.nio.file.Path;

/** Tells a full disk from other faults, whoever meets it. */
public final class StorageFault {
  /** What the operating system says, where Java passes it on. */
  private static final String NO_SPACE = "No space left on device";

  /** What the JVM says of a page of a mapped file that has no room on its disk (SIGBUS). */
  private static final String NO_PAGE = "unsafe memory access operation";

  private StorageFault() {}

  /** Whether it, or what caused it, is a full disk. */
  public static boolean isOne(Throwable e) {
    for (Throwable each = e; each != null; each = each.getCause()) {
      if (isOne(each.toString())
          || (each instanceof ArchiveException fault
              && fault.errorCode() == ArchiveException.STORAGE_SPACE)) {
        return true;
      }
    }
    return false;
  }

  /** Whether what somebody says of a fault is that of a full disk. */
  private static boolean isOne(String told) {
    return told != null && (told.contains(NO_SPACE) || told.contains(NO_PAGE));
  }

  /** Says what has happened and what to do. */
  public static String describe(Path directory) {
    return "the disk of " + directory + " is full: make room, then this node goes on by itself";
  }
}
