package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.bench.setup.NodeProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Checkpoints, one for each node, that keep asking about a resident who may pass. */
final class ScanLoad implements AutoCloseable {
  private final List<Thread> threads = new ArrayList<>();
  private final Map<NodeProcess, AtomicLong> answers = new ConcurrentHashMap<>();
  private final Map<NodeProcess, Boolean> excused = new ConcurrentHashMap<>();
  private final AtomicLong faults = new AtomicLong();
  private volatile String lastFault = "";
  private volatile boolean isStopping;

  ScanLoad(List<NodeProcess> nodes, String code) {
    for (final NodeProcess node : nodes) {
      answers.put(node, new AtomicLong());
      final Thread thread = new Thread(() -> run(node, code), "scan-load");
      threads.add(thread);
      thread.start();
    }
  }

  private void run(NodeProcess node, String code) {
    try {
      while (!isStopping) {
        final boolean isExcusedBefore = excused.containsKey(node);
        final JsonNode answer = node.scan(code);
        final boolean isExcused = isExcusedBefore || excused.containsKey(node);
        if (answer != null && answer.path("verdict").asText().equals("pass")) {
          answers.get(node).incrementAndGet();
        } else if (!isExcused && !isStopping) {
          faults.incrementAndGet();
          lastFault = node.name() + ": " + answer;
        }
        Thread.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on the node need not answer. */
  void excuse(NodeProcess node) {
    excused.put(node, true);
  }

  /** From now on the node has to answer. */
  void expect(NodeProcess node) {
    excused.remove(node);
  }

  long answered() {
    return answers.values().stream().mapToLong(AtomicLong::get).sum();
  }

  long faults() {
    return faults.get();
  }

  String lastFault() {
    return lastFault;
  }

  @Override
  public void close() {
    isStopping = true;
    for (final Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
