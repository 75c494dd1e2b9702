# What the account service does when somebody signs in: a token for one account, for ten minutes.
# usage: . ./token.sh; token ID
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

token() (
    head=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url)
    claims=$(printf '{"iss":"account-service","aud":"rung","sub":"%s","exp":%d}' \
        "$1" $(($(date +%s) + 600)) | base64url)
    seal=$(printf '%s' "$head.$claims" |
        openssl dgst -sha256 -hmac "$JWT_SECRET_KEY" -binary | base64url)
    printf '%s\n' "$head.$claims.$seal"
)
