import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB

reviews = pd.read_csv("data/reviews.csv")
vectorizer = TfidfVectorizer(min_df=2)
X = vectorizer.fit_transform(reviews["text"])
y = reviews["positive"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=3)
nb = MultinomialNB().fit(X_train, y_train)
print("F1", f1_score(y_test, nb.predict(X_test)))
