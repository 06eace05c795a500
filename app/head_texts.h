// Texts for heads: lines of JSON, redacted before anything learns from them or judges them, as in an archive.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/session.h"
#include "model/head_evaluation.h"
#include "model/head_training.h"
#include "stage/redact/redactor.h"

namespace custos::app {

// One thread's.
class HeadTexts {
 public:
  [[nodiscard]] static Result<HeadTexts> create(const CommonOptions& common);

  struct Line {
    std::string id;    // as JSON
    std::string text;  // redacted
  };
  // {"id", "text"}, with "subject" before the text where there is one, as in the lines of `custos parse`; or, where the
  // line is no JSON object, the line itself with its number for an id. kCorrupt names the line, without its content.
  [[nodiscard]] Result<Line> read(std::string_view line, uint64_t number);

  enum class Labels { kGrow, kFixed };
  // Appends a file of lines {"text", "label" or "labels", "slice"} to `set`. kGrow: new labels are added, and the set
  // is multi-label when its first line says "labels". kFixed: labels stay; "oos" is foreign, another one is an error.
  [[nodiscard]] Result<model::TrainingFacts::Data> append(const std::filesystem::path& path, Labels labels,
                                                          model::LabelledSet& set);

 private:
  HeadTexts(stage::Redactor redactor, stage::Redactor::Scratch scratch)
      : redactor_(std::move(redactor)), scratch_(std::move(scratch)) {}

  stage::Redactor redactor_;
  stage::Redactor::Scratch scratch_;
};

// Puts the labels in order, and the numbers of the texts' labels with them.
void sort_labels(model::LabelledSet& set);

}  // namespace custos::app
