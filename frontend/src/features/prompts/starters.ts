import type { Message } from "./content";

interface StarterExample {
  input_data: Record<string, string>;
  expected_output: string;
  context?: string;
  criteria?: string;
}

export interface Starter {
  key: string;
  title: string;
  /** What it is for, and what its examples look at. */
  about: string;
  name: string;
  tags: string[];
  template?: string;
  messages?: Message[];
  examples: StarterExample[];
}

const RETURNS = "Returns: goods come back within 30 days of delivery, unworn and with their label. Refunds are paid within 5 working days of arrival.";
const SHIPPING = "Shipping: orders before 14:00 leave the same day. Standard delivery takes 2 to 4 working days; express takes 1 and costs 9 euros.";

export const STARTERS: readonly Starter[] = [
  {
    key: "support",
    title: "Support answer with context",
    about: "Answers from the articles it is given and says when they do not answer.",
    name: "help/answer",
    tags: ["support"],
    messages: [
      {
        role: "system",
        content:
          "You answer customers of an online shop.\nUse only the articles below. If they do not answer the question, say so and offer to pass it to a person.\nName the period and the condition that the article names. Answer in at most three sentences.\n\nArticles:\n{{ articles }}",
      },
      { role: "user", content: "{{ question }}" },
    ],
    examples: [
      {
        input_data: { question: "I wore the shoes once outside. Can I return them?", articles: RETURNS },
        expected_output: "No: goods can be returned within 30 days only if they are unworn and still have their label.",
        context: RETURNS,
        criteria: "Says no and names the condition: unworn, with the label.",
      },
      {
        input_data: { question: "How fast is express delivery, and what does it cost?", articles: SHIPPING },
        expected_output: "Express delivery takes 1 working day and costs 9 euros.",
        context: SHIPPING,
        criteria: "Names 1 working day and 9 euros.",
      },
      {
        input_data: { question: "Do you repair watches?", articles: RETURNS },
        expected_output: "The articles I have do not say whether we repair watches. I can pass your question to a person.",
        context: RETURNS,
        criteria: "Says that the articles do not answer, and offers a person.",
      },
    ],
  },
  {
    key: "summary",
    title: "Summary",
    about: "Shortens a text to a few sentences without adding anything to it.",
    name: "text/summary",
    tags: ["summary"],
    template:
      "Summarise the text between the lines in {{ sentences }} sentences.\nKeep every number and every date that you mention exactly as it stands. Add nothing that the text does not say.\n\n---\n{{ text }}\n---\n\nSummary:",
    examples: [
      {
        input_data: {
          sentences: "1",
          text: "The library closes on 3 May for two weeks. The reading room gets new windows, and the lift is replaced. Books on loan are renewed by themselves until 24 May.",
        },
        expected_output: "The library closes on 3 May for two weeks for new windows and a new lift, and loans are renewed until 24 May.",
        criteria: "Keeps 3 May, two weeks and 24 May.",
      },
      {
        input_data: {
          sentences: "2",
          text: "Sales of the bicycle shop rose from 410 to 468 in the second quarter. Repairs fell from 220 to 190, because one of the two mechanics was ill. The owner expects both to recover in autumn.",
        },
        expected_output: "Sales rose from 410 to 468 in the second quarter. Repairs fell from 220 to 190 because a mechanic was ill; the owner expects both to recover in autumn.",
        criteria: "Keeps the four numbers and the reason for the fall of repairs.",
      },
      {
        input_data: { sentences: "1", text: "The meeting did not take place, since too few members came. A new date will be announced." },
        expected_output: "The meeting was cancelled because too few members came, and a new date will follow.",
        criteria: "Does not invent a date.",
      },
    ],
  },
  {
    key: "classification",
    title: "Classification as JSON",
    about: "Sorts a message into one category and answers with JSON only.",
    name: "inbox/triage",
    tags: ["classification", "json"],
    template:
      'Sort the message into exactly one category: refund, delivery, account or other.\nAnswer with JSON only, in this form: {"category": "…", "urgent": true or false}\nA message is urgent if it names a deadline of today or tomorrow, or money that was taken by mistake.\n\nMessage: {{ message }}',
    examples: [
      {
        input_data: { message: "You have charged me twice for order 881. Please correct this." },
        expected_output: '{"category": "refund", "urgent": true}',
        criteria: "Valid JSON; refund; urgent, since money was taken by mistake.",
      },
      {
        input_data: { message: "Where is my parcel? It was sent on Monday." },
        expected_output: '{"category": "delivery", "urgent": false}',
        criteria: "Valid JSON; delivery; not urgent.",
      },
      {
        input_data: { message: "I cannot sign in, and my trial ends tomorrow." },
        expected_output: '{"category": "account", "urgent": true}',
        criteria: "Valid JSON; account; urgent, since tomorrow is named.",
      },
    ],
  },
  {
    key: "rewrite",
    title: "Rewrite in another tone",
    about: "Says the same in another tone and keeps every fact.",
    name: "text/rewrite",
    tags: ["rewrite"],
    template:
      "Rewrite the message in a {{ tone }} tone.\nKeep every fact, number and name. Do not promise anything that the message does not promise. Answer with the new message only.\n\n{{ message }}",
    examples: [
      {
        input_data: { tone: "friendly", message: "Invoice 2041 is 12 days late. Pay by Friday." },
        expected_output: "A small reminder: invoice 2041 is 12 days late by now. Could you pay it by Friday? Thank you.",
        criteria: "Keeps 2041, 12 days and Friday; does not offer more time.",
      },
      {
        input_data: { tone: "formal", message: "hey, the flat is free from june, 820 a month, no pets sorry" },
        expected_output: "The flat is available from June at 820 per month. Please note that pets are not permitted.",
        criteria: "Keeps June, 820 and the rule on pets.",
      },
      {
        input_data: { tone: "brief", message: "We would like to let you know that, as of Tuesday, the office on the third floor can be reached by the back stairs only." },
        expected_output: "From Tuesday, use the back stairs to reach the office on the third floor.",
        criteria: "Keeps Tuesday, third floor and back stairs.",
      },
    ],
  },
];
