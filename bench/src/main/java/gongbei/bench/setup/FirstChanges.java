package gongbei.bench.setup;

import gongbei.verifier.client.AuthorityClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;

/**
 * What is put at nodes that have just been started: members that were started together may elect
 * another leader once more, and answer that nobody leads and nothing was changed.
 */
public final class FirstChanges {
  private static final int UNAVAILABLE = 503;
  private static final int TRIES = 60;

  private FirstChanges() {}

  /**
   * Puts something.
   *
   * @param what names it in the message
   * @throws IOException where it is not taken: at once where the request is refused, after a minute
   *     where nobody leads
   */
  public static void put(AuthorityClient client, String path, String body, String what)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = client.put(path, body);
    for (int again = 0; again < TRIES && answer.statusCode() == UNAVAILABLE; again++) {
      TimeUnit.SECONDS.sleep(1);
      answer = client.put(path, body);
    }
    if (answer.statusCode() != 200) {
      throw new IOException(what + " is not taken: " + answer.body());
    }
  }
}
