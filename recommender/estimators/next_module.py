"""Which module comes next: the order of what was done is the signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommender.estimators.base import Recommender, as_completions
from recommender.estimators.linear import add_transposed, solve
from recommender.estimators.pairs import Pairs
from recommender.evaluation import judge
from recommender.memory import decayed, recall
from recommender.ranking import best_of_rows
from recommender.tuning import Values, choose

AXES = {
    "memory": (0.5, 0.65, 0.75, 0.82, 0.88, 0.93, 0.97),
    "ridge": (0.2, 0.7, 1.5, 3.0, 6.0, 12.0),
    "horizon": (0.0, 0.2, 0.4, 0.6, 0.8),
    "recent": (-1.0, 0.0, 0.2, 0.4, 0.6),
    "backward": (0.0, 0.1, 0.25, 0.5),
    "discount": (0.0, 0.05, 0.1, 0.15, 0.2, 0.3),
    "evenness": (0.0, 0.5, 1.0),
}
USUAL = {
    "memory": 0.82, "ridge": 1.5, "horizon": 0.4, "recent": 0.2, "backward": 0.1, "discount": 0.1, "evenness": 0.0,
}  # fmt: skip
MEASURE = (
    "the mean of NDCG@10 and Recall@10 on the last modules (a fifth, at most three) of learners left out"
)
N = 10
MANY_MODULES, N_SAMPLED = 1500, 1200
"""Above so many modules hyper-parameters are chosen on so many: a setting costs the cube of them."""

MANY_LEARNERS = 30_000
"""Of more learners so many are drawn for the choice."""


class NextModule(Recommender):
    """Rank what learners did next after a similar way: a linear model in closed form.

    The decayed past of a learner predicts the decayed future by ridge regression (SLIT, Choi et al. 2021),
    with a long memory and, where it helps, a short one fitted jointly; the start of a history counts as
    a module done, so that an empty history is answered by what learners begin with.

    Parameters: random_state (int) draws the learners on whom the hyper-parameters are chosen.
    Attributes: past_, recent_ (float32, shape (n_modules + 1, n_modules)): row: a module done (the last
    one: the start), column: what it adds to the score of another per unit of memory; recent_ has no rows
    where a short memory does not help; usual_ (float64, shape (n_modules,)): tie break by popularity;
    chosen_ (dict): memory, recent, horizon (decays per module), ridge, backward, discount, evenness.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, histories: Sequence[NDArray[np.intp]], *, n_modules: int) -> Self:
        """Learn from histories in time order.

        :param histories: modules 0 … n_modules − 1 per learner, the earliest first
        :raises ValueError: when a history names another module
        """
        self.n_modules_ = n_modules
        ways = [np.asarray(history, dtype=np.intp).reshape(-1) for history in histories]
        if any(len(way) and (way.min() < 0 or way.max() >= n_modules) for way in ways):
            raise ValueError(f"histories must name modules from 0 to {n_modules - 1}")
        ways = [way for way in ways if len(way)]
        self.chosen_ = choose_memory(ways, n_modules, np.random.default_rng(self.random_state))
        self.past_, self.recent_ = learn(ways, n_modules, self.chosen_["values"])
        popularity = _popularity(ways, n_modules)
        self.usual_ = 1e-6 * popularity / max(1.0, popularity.max(initial=0.0))
        return self

    def _parts(self, history: NDArray[np.intp]) -> Mapping[str, NDArray[np.float64]]:
        values = self.chosen_["values"]
        parts = {"past": recall(self.past_, history, values["memory"])}
        if len(self.recent_):
            parts["recent"] = recall(self.recent_, history, values["recent"])
        return {**parts, "usual": self.usual_}

    def _score_block(self, histories: Sequence[NDArray[np.intp]]) -> NDArray[np.float32]:
        values = self.chosen_["values"]
        scores: NDArray[np.float32] = memories(histories, self.n_modules_, values["memory"]) @ self.past_
        if len(self.recent_):
            scores += memories(histories, self.n_modules_, values["recent"]) @ self.recent_
        scores += self.usual_.astype(np.float32)
        return scores


def memories(histories: Sequence[NDArray[np.intp]], n_modules: int, decay: float) -> csr_array:
    """The decayed past of each history, shape (n_histories, n_modules + 1); the last column is the start."""
    ways = [np.concatenate([[n_modules], history]) for history in histories]
    strengths = [decayed(len(way), decay) for way in ways]
    items = [way[-len(strength) :] for way, strength in zip(ways, strengths, strict=True)]
    ends = np.concatenate([[0], np.cumsum([len(one) for one in items])]).astype(np.intp)
    data = np.concatenate([np.empty(0), *strengths]).astype(np.float32)
    columns = np.concatenate([np.empty(0, dtype=np.intp), *items])
    return csr_array((data, columns, ends), shape=(len(ways), n_modules + 1))


def learn(
    ways: Sequence[NDArray[np.intp]], n_modules: int, values: Values
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The weights of the long and of the short memory for one choice of hyper-parameters."""
    if not ways:
        return np.zeros((n_modules + 1, n_modules), dtype=np.float32), np.empty(
            (0, n_modules), dtype=np.float32
        )
    past, recent = solve_memories(*normal_equations(Pairs(ways, n_modules), values))
    factors = _discounts(_popularity(ways, n_modules), values["discount"])
    past *= factors
    recent *= factors
    return past, recent


def normal_equations(pairs: Pairs, values: Values) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both sides, memory upon memory; `recent` below 0 stands for "no short memory"."""
    memory, recent, evenness = values["memory"], values["recent"], values["evenness"]
    decays = [memory] if recent < 0 else [memory, recent]
    n = pairs.n
    left = np.empty((len(decays) * n, len(decays) * n), dtype=np.float32)
    for row, a in enumerate(decays):
        own = slice(row * n, row * n + n)
        for column, b in enumerate(decays[: row + 1]):
            other = slice(column * n, column * n + n)
            left[own, other] = pairs.gram(a, b, evenness)
            left[other, own] = left[own, other].T
    mean = float(np.trace(left[:n, :n])) / n
    left[np.diag_indices(len(left))] += values["ridge"] * mean
    right = np.empty((len(decays) * n, n - 1), dtype=np.float32, order="F")  # solved in place
    for row, a in enumerate(decays):
        cross = pairs.cross(a, values["horizon"], evenness)
        if values["backward"]:
            add_transposed(cross, values["backward"])
        right[row * n : row * n + n] = cross[:, :-1]
    return left, right


def solve_memories(
    left: NDArray[np.float32], right: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The weights of the long and of the short memory; both sides are used up."""
    n = right.shape[1] + 1
    weights = solve(left, right)
    return np.ascontiguousarray(weights[:n]), np.ascontiguousarray(weights[n:])


def _popularity(ways: Sequence[NDArray[np.intp]], n_modules: int) -> NDArray[np.float64]:
    done: NDArray[np.float64] = as_completions(ways, n_modules).sum(axis=0).astype(np.float64)
    return done


def _discounts(popularity: NDArray[np.float64], exponent: float) -> NDArray[np.float32]:
    mean = max(1.0, float(popularity.mean())) if len(popularity) else 1.0
    return ((np.maximum(popularity, 1.0) / mean) ** -exponent).astype(np.float32)


def choose_memory(
    ways: Sequence[NDArray[np.intp]], n_modules: int, rng: np.random.Generator
) -> dict[str, Any]:
    """Choose the hyper-parameters on the last modules of learners who are left out of the fit."""
    if len(ways) > MANY_LEARNERS:
        ways = [ways[row] for row in np.sort(rng.permutation(len(ways))[:MANY_LEARNERS])]
    ways, n_known = _sample(ways, n_modules, rng)
    long = np.array([row for row, way in enumerate(ways) if len(way) > 2], dtype=np.intp)
    tested = set(rng.permutation(long)[: min(2000, len(long) // 4)].tolist())
    if len(tested) < 10:  # so few would choose at random
        return choose(AXES, USUAL, None, measure=MEASURE)
    others = [way for row, way in enumerate(ways) if row not in tested]
    targets = np.arange(n_known) < (n_known - 1 if n_known != n_modules else n_known)
    trial = MemoryTrial(others, [ways[row] for row in sorted(tested)], targets)
    return choose(AXES, USUAL, trial.score, measure=MEASURE)


def _sample(
    ways: Sequence[NDArray[np.intp]], n_modules: int, rng: np.random.Generator
) -> tuple[Sequence[NDArray[np.intp]], int]:
    """All histories; above 1,500 modules, some modules numbered anew and the rest as one last module.

    The rest keeps its places, so that decays per module done mean the same.
    """
    if n_modules <= MANY_MODULES or not ways:
        return ways, n_modules
    some = rng.permutation(np.unique(np.concatenate(ways)))[:N_SAMPLED]
    number = np.full(n_modules, len(some), dtype=np.intp)
    number[some] = np.arange(len(some))
    return [number[way] for way in ways], len(some) + 1


class MemoryTrial:
    """Scores settings on learners who are left out; one that differs in the discount only is cheap."""

    def __init__(
        self,
        ways: Sequence[NDArray[np.intp]],
        tested: Sequence[NDArray[np.intp]],
        targets: NDArray[np.bool_],
    ) -> None:
        n_modules, self.targets = len(targets), targets
        n_held = [max(1, min(3, round(len(way) / 5))) for way in tested]
        self.begun = [way[:-n] for way, n in zip(tested, n_held, strict=True)]
        ends = [np.setdiff1d(way[-n:], way[:-n]) for way, n in zip(tested, n_held, strict=True)]
        self.held = as_completions([end[targets[end]] for end in ends], n_modules)
        self.pairs = Pairs(ways, n_modules)
        self.popularity = _popularity(ways, n_modules)
        self.plain: dict[tuple[float, ...], NDArray[np.float32]] = {}

    def score(self, values: Values) -> float:
        key = tuple(value for name, value in values.items() if name != "discount")
        if key not in self.plain:
            self.plain = {key: self._score_plain(values)}
        scores = self.plain[key] * _discounts(self.popularity, values["discount"])
        rows = np.repeat(np.arange(len(self.begun)), [len(way) for way in self.begun])
        scores[rows, np.concatenate(self.begun)] = -np.inf
        scores[:, ~self.targets] = -np.inf
        quality = judge(best_of_rows(scores, N)[0], self.held)
        return float(quality.ndcg.mean() + quality.recall.mean()) / 2

    def _score_plain(self, values: Values) -> NDArray[np.float32]:
        n_modules = self.pairs.n - 1
        past, recent = solve_memories(*normal_equations(self.pairs, values))
        scores: NDArray[np.float32] = memories(self.begun, n_modules, values["memory"]) @ past
        if len(recent):
            scores += memories(self.begun, n_modules, values["recent"]) @ recent
        return scores
