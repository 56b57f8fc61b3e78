"""Reports of evaluations: scores with intervals beside baselines and goals, pictures, model cards. Knows no model."""
