package gongbei.bench.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system of a few megabytes that can be filled up: a tmpfs, or ext4 in a file. Needs root.
 * For one thread.
 */
final class SmallDisk implements AutoCloseable {
  private static final String FILLER = "filler";
  private static final int BLOCK = 1 << 20;

  private final Path mountPoint;
  private final Path image;

  /** What kind of file system. */
  enum Kind {
    /** In memory, in pages of 4 KiB. */
    TMPFS,
    /** On a loop device, in blocks of 4 KiB. */
    EXT4,
    /** The same in blocks of 1 KiB, so that a write is cut within a page. */
    EXT4_SMALL_BLOCKS
  }

  private SmallDisk(Path mountPoint, Path image) {
    this.mountPoint = mountPoint;
    this.image = image;
  }

  /** What this machine lacks for one, or null. */
  static String missing() throws InterruptedException {
    if (!FaultTools.runs("bash", "-c", "test $(id -u) = 0")) {
      return "root";
    }
    return FaultTools.runs("bash", "-c", "command -v mkfs.ext4 && command -v losetup")
        ? null
        : "mkfs.ext4 and losetup (e2fsprogs, mount)";
  }

  /**
   * Makes one and mounts it.
   *
   * @param mountPoint an empty directory, made where it is not there
   * @throws IOException where it can't be mounted
   */
  static SmallDisk mount(Kind kind, int mebibytes, Path mountPoint)
      throws IOException, InterruptedException {
    Files.createDirectories(mountPoint);
    final Path image = mountPoint.resolveSibling(mountPoint.getFileName() + ".image");
    if (kind == Kind.TMPFS) {
      run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", mountPoint.toString());
      return new SmallDisk(mountPoint, image);
    }
    run("truncate", "-s", mebibytes + "M", image.toString());
    final String bytes = kind == Kind.EXT4 ? "4096" : "1024";
    run("mkfs.ext4", "-q", "-F", "-m", "0", "-b", bytes, image.toString());
    run("mount", "-o", "loop", image.toString(), mountPoint.toString());
    return new SmallDisk(mountPoint, image);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String told =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", List.of(command)) + ": " + told);
    }
  }

  /**
   * Takes all room but so much.
   *
   * @param bytesLeft at most, rounded down to the file system's blocks
   */
  void fill(long bytesLeft) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(mountPoint.resolve(FILLER).toFile(), "rw")) {
      file.seek(file.length());
      for (int bytes = BLOCK; bytes > 0; bytes /= 2) {
        fillBy(file, new byte[bytes]);
      }
      if (bytesLeft > 0) {
        file.setLength(Math.max(0, file.length() - bytesLeft));
      }
    }
  }

  private static void fillBy(RandomAccessFile file, byte[] block) {
    boolean isRoom = true;
    while (isRoom) {
      try {
        file.write(block);
      } catch (IOException full) {
        isRoom = false;
      }
    }
  }

  /** Gives the room back. */
  void empty() throws IOException {
    Files.deleteIfExists(mountPoint.resolve(FILLER));
  }

  /** How many bytes are free. */
  long free() throws IOException {
    return Files.getFileStore(mountPoint).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    try {
      run("umount", mountPoint.toString());
      Files.deleteIfExists(image);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
