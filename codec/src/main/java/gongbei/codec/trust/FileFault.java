package gongbei.codec.trust;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says in words what was wrong with a file, where Java says no more than its name. */
public final class FileFault {
  private FileFault() {}

  /** What follows the file's name in a message, as in {@code does not exist}. */
  public static String reasonOf(IOException fault) {
    if (fault instanceof NoSuchFileException) {
      return "does not exist";
    }
    if (fault instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (fault instanceof AccessDeniedException) {
      return "may not be opened: permission is denied";
    }
    if (fault instanceof NotDirectoryException) {
      return "is not a directory";
    }
    if (fault instanceof CharacterCodingException) {
      return "holds bytes that are not text";
    }
    if (fault instanceof FileSystemException failed && failed.getReason() != null) {
      return "can't be used: " + failed.getReason();
    }
    return "can't be used: " + fault.getMessage();
  }

  /** The same of a name that is no file's here, most often for the locale's character set. */
  public static String reasonOf(InvalidPathException fault) {
    return fault.getInput().indexOf('\0') >= 0
        ? "has a character that no file's name may have"
        : "can't be a file's name in this locale" + localeRemedy();
  }

  /** What the locale's character set is, and what to do about it. */
  public static String localeRemedy() {
    return ", whose character set is " + nameCharset() + ": set LC_ALL=C.UTF-8";
  }

  /** The character set of files' names and of what is typed, which LC_ALL decides. */
  public static Charset nameCharset() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  }
}
