import { Panel } from "@/components/layout/panel";
import { CopyButton } from "@/components/ui/copy-button";

const CODE = `import os
from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])


def receive(body: bytes, headers: dict[str, str]) -> int:
    try:
        event = webhook.verify(body, headers)  # the bytes as they came
    except WebhookVerificationError:
        return 401
    if is_new(headers["webhook-id"]):  # a message may come twice
        print(event["type"], event["data"]["title"], event["data"]["url"])
    return 204`;

/** How a receiver knows that a message comes from here. */
export function VerifyPanel() {
  return (
    <Panel
      title="Verify a message"
      beside={
        <span className="n small">
          Standard Webhooks; in Python <code>pip install standardwebhooks</code>
        </span>
      }
      tools={<CopyButton text={CODE} label="Copy" wide />}
      flush
    >
      <pre className="snippet mono" tabIndex={0} role="group" aria-label="Verify a message, in Python">
        {CODE}
      </pre>
    </Panel>
  );
}
