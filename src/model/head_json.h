// Metrics as JSON: on a head's card, and what `custos model evaluate --json` prints.
#pragma once

#include <string>
#include <vector>

#include "base/json_writer.h"
#include "model/head_evaluation.h"

namespace custos::model {

// Writes one object.
void write_evaluation(JsonWriter& w, const std::vector<std::string>& labels, const Evaluation& evaluation);

}  // namespace custos::model
