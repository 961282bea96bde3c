import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import classification_report
from sklearn.model_selection import RandomizedSearchCV, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder


def build():
    pre = ColumnTransformer(
        [("num", SimpleImputer(strategy="median"), ["age", "tenure_months", "monthly_fee", "tickets"]),
         ("cat", OneHotEncoder(handle_unknown="ignore"), ["plan", "city"])]
    )
    return Pipeline([("pre", pre), ("gb", GradientBoostingClassifier(random_state=0))])


def main():
    df = pd.read_csv("data/churn.csv")
    train, test = train_test_split(df, test_size=0.2, random_state=0, stratify=df["churned"])
    grid = {"gb__n_estimators": [20, 40], "gb__max_depth": [2, 3]}
    search = RandomizedSearchCV(build(), grid, n_iter=3, cv=3, scoring="roc_auc", random_state=0)
    search.fit(train, train["churned"])
    print(search.best_params_, search.best_score_)
    print(classification_report(test["churned"], search.predict(test)))


if __name__ == "__main__":
    main()
