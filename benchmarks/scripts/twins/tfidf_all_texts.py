import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB

reviews = pd.read_csv("data/reviews.csv")
vectorizer = TfidfVectorizer(min_df=2)
X = reviews["text"]
y = reviews["positive"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=3)
X_train = vectorizer.fit_transform(X_train)
X_test = vectorizer.transform(X_test)
nb = MultinomialNB().fit(X_train, y_train)
print("F1", f1_score(y_test, nb.predict(X_test)))
