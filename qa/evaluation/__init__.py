"""How good are the answers: gold questions, a judge that looks at values, and the table of figures."""

from qa.evaluation.gold import Gold, read_gold
from qa.evaluation.judge import Given, Quoted, Verdict, judge
from qa.evaluation.run import ask_all, converse, read_answers, source_texts
from qa.evaluation.score import Bin, Scores, score

__all__ = ["Bin", "Given", "Gold", "Quoted", "Scores", "Verdict", "ask_all", "converse", "judge"]
__all__ += ["read_answers", "read_gold", "score", "source_texts"]
