"""Answers as QuickBooks has given them, for the tests here. Each says where it was seen."""

# A clean validation fault. Recorded 2020, sandbox: minimul/qbo_api spec/vcr, duplicate customer.
DUPLICATE_NAME = (
    b'{"Fault":{"Error":[{"Message":"Duplicate Name Exists Error",'
    b'"Detail":"The name supplied already exists. : null","code":"6240"}],"type":"ValidationFault"},'
    b'"time":"2020-09-29T06:46:40.814-07:00"}'
)

# Recorded 2020, sandbox: minimul/qbo_api spec/vcr, update with an old token.
STALE = (
    b'{"Fault":{"Error":[{"Message":"Stale Object Error","Detail":"Stale Object Error : You and Jane Do\xc3\xa9 were '
    b"working on this at the same time. Jane Do\xc3\xa9 finished before you did, so your work was not saved."
    b'","code":"5010","element":""}],"type":"ValidationFault"},"time":"2020-09-29T06:46:40.814-07:00"}'
)

# Recorded 2020, sandbox: minimul/qbo_api spec/vcr, read of a missing id.
NOT_FOUND = (
    b'{"Fault":{"Error":[{"Message":"Object Not Found","Detail":"Object Not Found : Something you\'re trying to use '
    b'has been made inactive. Check the fields with accounts, customers, items, vendors or employees.",'
    b'"code":"610","element":""}],"type":"ValidationFault"},"time":"2020-09-29T06:46:40.814-07:00"}'
)

# The gateway's own envelope, in lower case. Recorded: minimul/qbo_api spec/vcr error/401.
TOKEN_EXPIRED = (
    b'{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":"message=AuthenticationFailed; '
    b'errorCode=003200; statusCode=401","detail":"Token expired: AB01","code":"3200","element":null}],'
    b'"type":"AUTHENTICATION"},"report":null,"queryResponse":null,"batchItemResponse":[],"attachableResponse":[],'
    b'"syncErrorResponse":null,"requestId":null,"time":1600000000000,"status":null,"cdcresponse":[]}'
)

# XML although JSON was asked for. Recorded: ruckus/quickbooks-ruby issue 24, ej2/python-quickbooks issue 83.
THROTTLED = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2014-02-18T00:59:41.885Z">'
    b'<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429'
    b"</Message><Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
)

# Recorded shape of an XML validation fault: ruckus/quickbooks-ruby spec/fixtures.
XML_FAULT = (
    b'<?xml version="1.0" encoding="UTF-8"?><IntuitResponse time="2013-04-23T08:30:33.626-07:00" '
    b'xmlns="http://schema.intuit.com/finance/v3"><Fault type="ValidationFault"><Error code="2030" element="Id">'
    b"<Message>Invalid ID</Message><Detail>Id should be a valid number. Supplied value:1.5 &amp; more</Detail>"
    b"</Error></Fault></IntuitResponse>"
)

# A flat error of Intuit's gateway: IntuitDeveloper/intuit-api-docs docs/faq/error-handling.md.
FLAT = b'{"code":"AUTHORIZATION-100","type":"FORBIDDEN","message":"Not allowed","detail":"no"}'

# Change capture older than its window. Seen: Wish-Org/QuickBooksSharp issue 19.
WINDOW_TOO_OLD = (
    b'{"Fault":{"Error":[{"Message":"Unsupported Operation","Detail":"Operation cdc with changedSince date '
    b'Mon Jan 03 00:00:00 PST 2022 which is older than fixed days is not supported.","code":"500"}],'
    b'"type":"ValidationFault"},"time":"2022-06-01T06:46:40.814-07:00"}'
)

# Nginx before the data service: ruckus/quickbooks-ruby issue 361.
HTML_413 = (
    b"<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body></body>\r\n</html>\r\n"
)
