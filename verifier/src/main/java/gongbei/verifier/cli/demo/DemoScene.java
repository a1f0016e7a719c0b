package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One thing that a demo has shown, and what came of it. */
interface DemoScene {
  /** One line of JSON. */
  ObjectNode json();

  /** What a newcomer reads of it. */
  String inWords();
}
