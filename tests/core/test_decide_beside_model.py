"""The core alone beside the model: no database, so that many random declarations take little time."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.core_world import CoreWorld
from tests.model.machine import Beside


class CoreBeside(Beside):
    """One world for each example."""

    def __init__(self) -> None:
        super().__init__()
        self.world = CoreWorld()


@pytest.mark.parametrize("examples", [200, pytest.param(20_000, marks=pytest.mark.soak)])
def test_the_core_answers_as_the_model_does(examples: int) -> None:
    run_state_machine_as_test(
        CoreBeside,
        settings=settings(
            max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
