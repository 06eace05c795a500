// Writes card.json: all that is known about a head. Private to model/.
#pragma once

#include <string>

#include "model/head/head_file.h"
#include "model/head_training.h"

namespace custos::model {

// `valid`: of data that took no part in the training, or null.
[[nodiscard]] std::string card_json(const HeadIdentity& identity, const TrainingFacts& facts,
                                    const TrainingOptions& options, InstructionSet instructions,
                                    const TrainingReport& report, const Evaluation* valid);

}  // namespace custos::model
